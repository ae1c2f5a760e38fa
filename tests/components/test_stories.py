"""Contexts from stories, and the report on what was held back, as `rasa train nlu` makes them."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa.core.agent import load_agent
from rasa.core.channels.channel import UserMessage
from rasa.model_training import train_nlu
from rasa.shared.core.events import BotUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import RasaException

from lam.components.bert_intent_classifier import BertIntentClassifier
from lam.components.held_back import report_held_back
from lam.types import Example
from lam.understanding import Recipe
from tests.understanding.examples import EXAMPLES

BALANCE, LOST = "what is my balance", "is my card lost"
COMPONENT = "lam.components.bert_intent_classifier.BertIntentClassifier"


def write_bot(bot: Path, **keys: object) -> Path:
    """Write a bot whose "yes please" depends on what it asked, as its stories tell; return its config."""
    (bot / "stories").mkdir()
    turns = {"balance": BALANCE, "lost": LOST}
    said = [
        f"{text}{sign}"
        for text in ("yes please", "please", "yes", "yes my card please")
        for sign in ("", "!")
    ]
    stories = [
        {
            "story": f"{intent} {text}",
            "steps": [{"action": f"utter_{intent}"}, {"user": text, "intent": intent}],
        }
        for intent in turns
        for text in said
    ]
    (bot / "stories" / "all.yml").write_text(yaml.safe_dump({"version": "3.1", "stories": stories}))
    responses = {f"utter_{intent}": [{"text": turn}] for intent, turn in turns.items()}
    (bot / "domain.yml").write_text(yaml.safe_dump({"version": "3.1", "responses": responses}))
    nlu = [
        {"intent": name, "examples": "".join(f"- {one.text}\n" for one in EXAMPLES if one.intent == name)}
        for name in sorted({one.intent for one in EXAMPLES})
    ]
    (bot / "nlu.yml").write_text(yaml.safe_dump({"version": "3.1", "nlu": nlu}))
    pipeline = [{"name": "WhitespaceTokenizer"}, {"name": COMPONENT, **keys}]
    config = {"recipe": "default.v1", "assistant_id": "tiny", "language": "en", "pipeline": pipeline}
    (bot / "config.yml").write_text(yaml.safe_dump(config))
    return bot / "config.yml"


@pytest.fixture(scope="module")
def bot(tiny_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a trained bot."""
    bot = tmp_path_factory.mktemp("bot")
    config = write_bot(
        bot, encoder=str(tiny_encoder), epochs=30, batch_size=8, encoder_learning_rate=2e-3,
        head_learning_rate=1e-2, dropout=0.0, noise=0.0, validation=0.1,
        stories=str(bot / "stories"), domain=str(bot / "domain.yml"), report=str(bot / "report"),
    )  # fmt: skip
    assert train_nlu(str(config), str(bot / "nlu.yml"), str(bot / "models"), fixed_model_name="bot")
    return bot


@pytest.fixture(scope="module")
def agent(bot: Path) -> Any:
    return asyncio.run(load_agent(model_path=str(bot / "models")))


async def test_the_same_words_are_read_by_what_the_stories_say_of_them(agent: Any) -> None:
    for turn, intent in ((BALANCE, "balance"), (LOST, "lost")):
        tracker = DialogueStateTracker.from_events("me", [BotUttered(turn)])
        parsed = await agent.processor.parse_message(UserMessage("yes please"), tracker)
        assert parsed["intent"]["name"] == intent


def test_the_report_is_on_texts_that_were_not_trained_on(bot: Path) -> None:
    assert (bot / "report" / "report.html").exists()
    figures = json.loads((bot / "report" / "report.json").read_text())
    assert figures["title"] == "How well texts held back are read"
    assert figures["texts"] == 4  # a tenth of forty


@pytest.mark.parametrize("name", ["stories/all.yml", "domain.yml"])
def test_changed_stories_and_a_changed_domain_train_anew(tmp_path: Path, name: str) -> None:
    write_bot(tmp_path)
    config = {
        **BertIntentClassifier.get_default_config(),
        "stories": str(tmp_path / "stories"), "domain": str(tmp_path / "domain.yml"),
    }  # fmt: skip
    before = BertIntentClassifier.fingerprint_addon(config)
    assert BertIntentClassifier.fingerprint_addon(config) == before
    (tmp_path / name).write_text((tmp_path / name).read_text() + "# more\n")
    assert BertIntentClassifier.fingerprint_addon(config) != before


def test_a_broken_story_is_named_before_a_training(tmp_path: Path) -> None:
    config = write_bot(tmp_path, stories=str(tmp_path / "stories"))
    (tmp_path / "stories" / "more.yml").write_text("stories:\n- steps:\n  - acton: utter_lost\n")
    with pytest.raises(RasaException, match=r"more\.yml:3: expected Rasa's stories"):
        train_nlu(str(config), str(tmp_path / "nlu.yml"), str(tmp_path / "models"))


def test_what_hinders_a_report_costs_no_training(tmp_path: Path) -> None:
    examples = [Example(f"{n}", "ab"[n % 2]) for n in range(20)]
    with pytest.warns(UserWarning, match="expected texts held back of 20, found none"):
        report_held_back(_Reader(), examples, Recipe(validation=0), tmp_path / "report")  # type: ignore[arg-type]
    (tmp_path / "file").write_text("mine")
    with pytest.warns(UserWarning, match=r"report: Expected to write the report into .*file"):
        report_held_back(_Reader(), examples, Recipe(validation=0.2), tmp_path / "file")  # type: ignore[arg-type]
    assert [one.name for one in tmp_path.iterdir()] == ["file"]


class _Reader:
    """Stands in for a classifier."""

    def read_held_back(self, examples: list[Example]) -> list[Any]:
        from lam.types import Reading

        return [Reading(((one.intent, 0.9),)) for one in examples]
