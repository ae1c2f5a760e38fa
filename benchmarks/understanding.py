"""BANKING77 through the assistant's pipeline, next to Rasa's default one with DIET.

    LAM_BENCH_DATA=… python benchmarks/understanding.py [--quick] [--diet]

Rasa trains both and parses with both. Our pipeline is config.yml's; its classifier has the defaults of
`Recipe`, which suit ten thousand sentences, where config.yml is tuned to the assistant's own. Accuracy is the
mean of three seeds, on the whole test split. Speed is compared on a fifth of both splits: both train, then
parse the same messages, taking turns.

About 6 minutes a seed on 2 idle cores, and 20 for the comparison; `--quick` is the comparison alone. `--diet`
adds DIET's full training: an hour and a half. Finished parts are kept in results/ and not run again.
"""

import argparse
import asyncio
import csv
import functools
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

import yaml

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.common import RESULTS, data_folder, mean_interval, once, show
from lam.components.fingerprint import source_hash
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
SEEDS = (1, 2, 3)
SLICE = 5  # the comparison keeps every fifth row of both splits
TIMED = 300


def main() -> None:
    """Run what is asked for and print the tables."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--quick", action="store_true")
    arguments.add_argument("--diet", action="store_true")
    asked = arguments.parse_args()
    code = source_hash("encoder", "understanding")[:8]  # a result is of the code that made it
    if not asked.quick:
        train, test = _rows("train"), _rows("test")
        ours = [
            once(f"banking77-{code}-{seed}", functools.partial(_accuracy, _ours(seed), train, test))
            for seed in SEEDS
        ]
        rows = [("lam, mean of three seeds", *_row(ours))]
        if asked.diet:
            diet = once("banking77-diet", functools.partial(_accuracy, DIET, train, test))
            rows.append(("Rasa's default", *_row([diet])))
        show(f"BANKING77, {len(train)} train, {len(test)} test", ("pipeline", "accuracy %", "train s"), rows)
    compared = once(f"banking77-compared-{code}", _compare)
    show(
        "BANKING77, a fifth of it: speed",
        ("pipeline", "accuracy %", "train s", "parse p50 ms", "p95 ms"),
        [(name, *_row([one]), f"{one['p50']:.1f}", f"{one['p95']:.1f}") for name, one in compared.items()],
    )


def _rows(split: str) -> list[Example]:
    with (data_folder("banking77") / f"{split}.csv").open(encoding="utf-8", newline="") as file:
        return [Example(" ".join(row["text"].split()), row["category"]) for row in csv.DictReader(file)]


def _ours(seed: int) -> Pipeline:
    pipeline: Pipeline = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))["pipeline"]
    return [{"name": CLASSIFIER, "seed": seed} if one["name"] == CLASSIFIER else one for one in pipeline]


def _accuracy(pipeline: Pipeline, train: list[Example], test: list[Example]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        archive, seconds = _train(pipeline, train, Path(folder))
        return asyncio.run(_measure([archive], [seconds], test))[0]


def _compare() -> dict[str, Any]:
    """Train both and let them parse in turn. Ours loads first: Keras forgets what is there when it loads."""
    train, test = _rows("train")[::SLICE], _rows("test")[::SLICE]
    pipelines = {"lam": _ours(SEEDS[0]), "Rasa's default": DIET}
    with tempfile.TemporaryDirectory() as scratch:
        trained = [
            _train(one, train, Path(scratch, str(place))) for place, one in enumerate(pipelines.values())
        ]
        found = asyncio.run(_measure([one for one, _ in trained], [seconds for _, seconds in trained], test))
    return dict(zip(pipelines, found, strict=True))


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


def _row(results: Sequence[dict[str, Any]]) -> tuple[str, str]:
    accuracy = mean_interval([one["accuracy"] for one in results])
    return accuracy, f"{statistics.fmean(one['seconds'] for one in results):.0f}"


if __name__ == "__main__":
    main()
