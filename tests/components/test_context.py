"""What the bot said last, and what a message is not for, as Rasa's components see it."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa.core.agent import load_agent
from rasa.model_training import train_nlu
from rasa.shared.core.events import ActionExecuted, BotUttered, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from lam.components.scope_fallback import ScopeFallback
from lam.components.turns import last_turn
from tests.understanding.examples import EXAMPLES

BALANCE, LOST = "what is my balance", "is my card lost"


def tracker(*events: Any) -> DialogueStateTracker:
    return DialogueStateTracker.from_events("me", list(events))


@pytest.fixture(scope="module")
def agent(tiny_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A bot whose "yes please" depends on what it asked."""
    bot = tmp_path_factory.mktemp("bot")
    (bot / "contexts").mkdir()
    pipeline = [
        {"name": "WhitespaceTokenizer"},
        {
            "name": "lam.components.bert_intent_classifier.BertIntentClassifier",
            "encoder": str(tiny_encoder), "epochs": 30, "batch_size": 8, "encoder_learning_rate": 2e-3,
            "head_learning_rate": 1e-2, "dropout": 0.0, "noise": 0.0, "contexts": str(bot / "contexts"),
        },
        {"name": "lam.components.scope_fallback.ScopeFallback", "threshold": 0.1, "ambiguity_threshold": 0.0},
    ]  # fmt: skip
    config = {"recipe": "default.v1", "assistant_id": "tiny", "language": "en", "pipeline": pipeline}
    (bot / "config.yml").write_text(yaml.safe_dump(config))
    nlu = [
        {"intent": name, "examples": "".join(f"- {one.text}\n" for one in EXAMPLES if one.intent == name)}
        for name in sorted({one.intent for one in EXAMPLES})
    ]
    (bot / "nlu.yml").write_text(yaml.safe_dump({"version": "3.1", "nlu": nlu}))
    said = "".join(f"- {text}\n" for text in ("yes please", "please", "yes", "yes my card please"))
    contexts = [
        {"bot": turn, "intent": intent, "examples": said}
        for turn, intent in ((BALANCE, "balance"), (LOST, "lost"))
    ]
    (bot / "contexts" / "all.yml").write_text(yaml.safe_dump({"version": "3.1", "contexts": contexts * 4}))
    archive = train_nlu(str(bot / "config.yml"), str(bot / "nlu.yml"), str(bot / "models"))
    return asyncio.run(load_agent(model_path=str(archive)))


async def read(agent: Any, text: str, *events: Any) -> str:
    parsed = await agent.processor.parse_message(
        _message(text), tracker(*events) if events else None, only_output_properties=True
    )
    return str(parsed["intent"]["name"])


def _message(text: str) -> Any:
    from rasa.core.channels.channel import UserMessage

    return UserMessage(text)


async def test_the_same_words_are_read_by_what_the_bot_asked(agent: Any) -> None:
    assert await read(agent, "yes please", BotUttered(BALANCE)) == "balance"
    assert await read(agent, "yes please", BotUttered(LOST)) == "lost"


async def test_without_a_conversation_a_message_is_read_by_itself(agent: Any) -> None:
    assert [await read(agent, one.text) for one in EXAMPLES] == [one.intent for one in EXAMPLES]


async def test_a_message_says_how_much_it_is_what_the_model_was_trained_for(agent: Any) -> None:
    parsed = await agent.parse_message("my card is lost")
    assert parsed["scope"]["outside"] is False
    assert -1 <= parsed["scope"]["score"] <= 1


def test_the_turns_since_the_user_spoke_count() -> None:
    before = [BotUttered("old"), UserUttered("hi"), ActionExecuted("action_listen")]
    assert last_turn(tracker(*before, BotUttered("One."), SlotSet("a", 1), BotUttered("Two?"))) == "One. Two?"
    assert last_turn(tracker(*before, BotUttered(None, {"custom": {}}))) == ""
    assert last_turn(tracker(*before)) == ""
    assert last_turn(tracker()) == ""


@pytest.mark.parametrize(
    ("outside", "expected"), [(True, "nlu_fallback"), (False, "balance"), (None, "balance")]
)
def test_what_is_outside_falls_back_however_sure_its_reading(outside: bool | None, expected: str) -> None:
    fallback = ScopeFallback({"threshold": 0.5, "ambiguity_threshold": 0.1})
    ranking = [{"name": "balance", "confidence": 0.9}, {"name": "lost", "confidence": 0.1}]
    scope = {} if outside is None else {"scope": {"score": 0.0, "outside": outside}}
    message = Message({TEXT: "x", "intent": ranking[0], "intent_ranking": list(ranking), **scope})
    fallback.process([message])
    assert message.get("intent")["name"] == expected
    assert [one["name"] for one in message.get("intent_ranking")][-2:] == ["balance", "lost"]


def test_an_unsure_reading_still_falls_back() -> None:
    message = Message({TEXT: "x", "intent": {"name": "balance", "confidence": 0.4}, "intent_ranking": []})
    ScopeFallback({"threshold": 0.5, "ambiguity_threshold": 0.1}).process([message])
    assert message.get("intent")["name"] == "nlu_fallback"
