"""Our pipeline and Rasa's default one with DIET, side by side: Rasa trains both and parses with both."""

import asyncio
import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

import yaml

from benchmarks.common import RESULTS
from benchmarks.corpora import banking77
from lam.types import Example
from lam.understanding import evaluate

Pipeline = list[dict[str, Any]]
ROOT = RESULTS.parent

CLASSIFIER = "lam.components.bert_intent_classifier.BertIntentClassifier"
DIET: Pipeline = [
    {"name": "WhitespaceTokenizer"},
    {"name": "RegexFeaturizer"},
    {"name": "LexicalSyntacticFeaturizer"},
    {"name": "CountVectorsFeaturizer"},
    {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
    {"name": "DIETClassifier", "epochs": 100, "constrain_similarities": True, "random_seed": 1},
    {"name": "EntitySynonymMapper"},
    {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1},
]
SLICE = 5  # the comparison keeps every fifth row of both splits
TIMED = 300


def diet() -> dict[str, Any]:
    """Train DIET on all of BANKING77 and read its test rows: an hour and a half."""
    corpus = banking77()
    with tempfile.TemporaryDirectory() as folder:
        archive, seconds = _train(DIET, corpus.train, Path(folder))
        return asyncio.run(_measure([archive], [seconds], corpus.test))[0]


def compared() -> dict[str, Any]:
    """Train both on a fifth of BANKING77 and let them parse in turn, message by message.

    Ours loads first: Keras forgets what is there when it loads.
    """
    corpus = banking77()
    train, test = corpus.train[::SLICE], corpus.test[::SLICE]
    pipelines = {"lam": _ours(), "Rasa's default": DIET}
    with tempfile.TemporaryDirectory() as scratch:
        trained = [
            _train(one, train, Path(scratch, str(place))) for place, one in enumerate(pipelines.values())
        ]
        found = asyncio.run(_measure([one for one, _ in trained], [seconds for _, seconds in trained], test))
    return dict(zip(pipelines, found, strict=True))


def _ours() -> Pipeline:
    """Return the assistant's pipeline; its classifier has the defaults of `Recipe`."""
    pipeline: Pipeline = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))["pipeline"]
    return [{"name": CLASSIFIER} if one["name"] == CLASSIFIER else one for one in pipeline]


def _train(pipeline: Pipeline, rows: Sequence[Example], folder: Path) -> tuple[str, float]:
    """Return the archive that `rasa train nlu` makes of the rows, and the seconds that it took."""
    from rasa.model_training import train_nlu
    from rasa.shared.utils.io import write_yaml

    folder.mkdir(exist_ok=True)
    config = {"recipe": "default.v1", "language": "en", "assistant_id": "benchmark", "pipeline": pipeline}
    write_yaml(config, folder / "config.yml")
    texts: dict[str, list[str]] = {}
    for one in rows:
        texts.setdefault(one.intent, []).append(f"- {one.text}\n")
    nlu = [{"intent": intent, "examples": "".join(lines)} for intent, lines in texts.items()]
    write_yaml({"version": "3.1", "nlu": nlu}, folder / "nlu.yml")
    began = perf_counter()
    archive = train_nlu(str(folder / "config.yml"), str(folder / "nlu.yml"), str(folder))
    assert archive, "expected rasa to train a model, found none; it says why above"
    return archive, perf_counter() - began


async def _measure(
    archives: Sequence[str], seconds: Sequence[float], test: Sequence[Example]
) -> list[dict[str, Any]]:
    """Parse the test rows with each model, taking turns message by message."""
    from rasa.core.agent import load_agent

    agents = [await load_agent(model_path=one) for one in archives]
    read: list[list[str | None]] = [[] for _ in agents]
    spans: list[list[float]] = [[] for _ in agents]
    for one in test:
        for place, agent in enumerate(agents):
            began = perf_counter()
            parsed = await agent.parse_message(one.text)
            spans[place].append(perf_counter() - began)
            # The classifier's own reading, also where the fallback overrules it.
            names = [ranked["name"] for ranked in parsed["intent_ranking"]]
            read[place].append(next((name for name in names if name != "nlu_fallback"), None))
    labels = [one.intent for one in test]
    return [_summary(labels, *parts) for parts in zip(read, seconds, spans, strict=True)]


def _summary(
    labels: Sequence[str], read: Sequence[str | None], seconds: float, spans: Sequence[float]
) -> dict[str, Any]:
    cuts = statistics.quantiles(spans[-TIMED:], n=20)  # the first ones warm up
    return {
        "accuracy": evaluate(labels, read).accuracy,
        "seconds": seconds,
        "p50": 1000 * cuts[9],
        "p95": 1000 * cuts[18],
    }
