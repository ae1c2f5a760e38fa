"""What the reference assistant, as it is served, understands of sentences that it was not trained on."""

import asyncio
import csv
import os
from collections.abc import Sequence
from itertools import repeat
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.events import BotUttered
from rasa.shared.core.trackers import DialogueStateTracker

from lam.supervisor.model import model_path
from lam.types import Example, Span
from lam.understanding import evaluate, span_score
from lam.understanding.corpus.reader import read_examples

ROOT = Path(__file__).parents[2]
HELD_OUT = ROOT / "tests" / "nlu"
LEARNED = {"payee", "merchant", "account", "product"}
BENCH_DATA = os.environ.get("LAM_BENCH_DATA")  # read at import: the tests take LAM_ settings away

pytestmark = pytest.mark.weights


@pytest.fixture(scope="module")
def held_out() -> list[Example]:
    files = [path for path in sorted(HELD_OUT.glob("*.yml")) if path.name != "banking77.yml"]
    return read_examples(*files)


@pytest.fixture(scope="module")
def agent() -> Any:
    from rasa.core.agent import load_agent

    archive = model_path(ROOT)
    assert archive.is_file(), "expected a model for the present data: run `lam train`"
    return asyncio.run(load_agent(model_path=str(archive)))


def parse(agent: Any, texts: Sequence[str], turns: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Parse texts, each behind a turn of the bot where there are any."""
    trackers = [DialogueStateTracker.from_events("me", [BotUttered(turn)]) for turn in turns]

    async def all_of_them() -> list[dict[str, Any]]:
        pairs = zip(texts, trackers or repeat(None), strict=False)
        return [await agent.processor.parse_message(UserMessage(text), one) for text, one in pairs]

    return asyncio.run(all_of_them())


@pytest.fixture(scope="module")
def parsed(agent: Any, held_out: list[Example]) -> list[dict[str, Any]]:
    return parse(agent, [one.text for one in held_out])


def best_intent(parsed: dict[str, Any]) -> str:
    """The classifier's reading, also where the fallback then overrules it."""
    ranking = [one["name"] for one in parsed["intent_ranking"] if one["name"] != "nlu_fallback"]
    return str(ranking[0])


def test_held_out_intents_are_read(held_out: list[Example], parsed: list[dict[str, Any]]) -> None:
    result = evaluate([one.intent for one in held_out], [best_intent(one) for one in parsed])
    print(f"\nheld-out intents: {result.accuracy:.2%} of {len(held_out)}")
    assert result.accuracy >= 0.95, f"{result.accuracy:.2%}; most often: {result.confusions[:15]}"


def test_held_out_entities_are_found(held_out: list[Example], parsed: list[dict[str, Any]]) -> None:
    meant = [one.spans for one in held_out]
    found = [
        [Span(one["start"], one["end"], one["entity"], str(one["value"])) for one in entities]
        for entities in ([e for e in one["entities"] if e["entity"] in LEARNED] for one in parsed)
    ]
    score = span_score(meant, found)
    print(
        f"\nheld-out entities: F1 {score.f1:.2%}, precision {score.precision:.2%}, recall {score.recall:.2%}"
    )
    assert score.f1 >= 0.85, str(score)


def test_the_bots_turn_decides_where_words_alone_do_not(agent: Any) -> None:
    content = yaml.safe_load((ROOT / "tests" / "contexts" / "pairs.yml").read_text(encoding="utf-8"))
    rows = [
        (one["bot"], pair["text"], one["intent"]) for pair in content["pairs"] for one in pair["readings"]
    ]
    turns, texts, meant = zip(*rows, strict=True)
    behind, alone = (
        evaluate(meant, [best_intent(one) for one in parse(agent, texts, those)]).accuracy
        for those in (turns, ())
    )
    print(f"\nreadings of the pairs: {behind:.2%} behind the bot's turn, {alone:.2%} alone, of {len(rows)}")
    # The bar is 90 %; it is not reached yet (docs/benchmarks.md).
    assert behind >= 0.8 and alone <= 0.5


def test_a_foreign_turn_hardly_changes_a_whole_sentence(agent: Any, held_out: list[Example]) -> None:
    turn = "The current account holds 1,204.50 EUR."
    read = parse(agent, [one.text for one in held_out], [turn] * len(held_out))
    result = evaluate([one.intent for one in held_out], [best_intent(one) for one in read])
    print(f"\nheld-out intents behind a foreign turn: {result.accuracy:.2%} of {len(held_out)}")
    assert result.accuracy >= 0.92


def test_what_is_meant_for_the_bot_is_rarely_called_outside(parsed: list[dict[str, Any]]) -> None:
    outside = sum(one["scope"]["outside"] for one in parsed) / len(parsed)
    print(f"\nheld-out sentences called outside: {outside:.2%}")
    assert outside <= 0.03


def test_strangers_sentences_are_read(agent: Any) -> None:
    if not BENCH_DATA:
        pytest.skip("needs BANKING77: set LAM_BENCH_DATA to the folder of the data sets")
    ours = yaml.safe_load((HELD_OUT / "banking77.yml").read_text())["mapping"]
    with (Path(BENCH_DATA) / "banking77" / "test.csv").open(encoding="utf-8", newline="") as file:
        rows = [
            (one["text"], ours[one["category"]]) for one in csv.DictReader(file) if one["category"] in ours
        ]
    read = [best_intent(one) for one in parse(agent, [text for text, _ in rows])]
    result = evaluate([intent for _, intent in rows], read)
    print(f"\nBANKING77's mapped test rows: {result.accuracy:.2%} of {len(rows)}")
    assert result.accuracy >= 0.80, f"{result.accuracy:.2%}; most often: {result.confusions[:15]}"
