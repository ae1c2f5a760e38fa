"""What the reference assistant, as it is served, understands of sentences that it was not trained on."""

import asyncio
import csv
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from lam.supervisor.model import model_path
from lam.types import Example, Span
from lam.understanding import evaluate, span_score
from lam.understanding.reader import read_examples

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


def parse(agent: Any, texts: Sequence[str]) -> list[dict[str, Any]]:
    async def all_of_them() -> list[dict[str, Any]]:
        return [await agent.parse_message(text) for text in texts]

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
