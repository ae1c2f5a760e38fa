"""Intent accuracy and speed on BANKING77: our classifier (three seeds) next to Rasa's default DIET pipeline.

    LAM_BENCH_DATA=… python benchmarks/understanding.py [--quick] [--diet]

About 8 minutes a seed on 2 idle cores. `--quick` trains both on a slice, one seed: about 6 minutes. `--diet`
adds DIET's full training: an hour and a half. Finished parts are kept in results/ and not run again.
"""

import argparse
import asyncio
import csv
import statistics
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.common import data_folder, mean_interval, once, show
from lam.components.fingerprint import source_hash
from lam.types import Example
from lam.understanding import IntentClassifier, Recipe, evaluate
from lam.understanding.progress import progress_bar

DIET = """
recipe: default.v1
language: en
assistant_id: benchmark
pipeline:
  - name: WhitespaceTokenizer
  - name: RegexFeaturizer
  - name: LexicalSyntacticFeaturizer
  - name: CountVectorsFeaturizer
  - name: CountVectorsFeaturizer
    analyzer: char_wb
    min_ngram: 1
    max_ngram: 4
  - name: DIETClassifier
    epochs: 100
    constrain_similarities: true
    random_seed: 1
"""
SLICE = 5  # --quick keeps every fifth row of both splits
TIMED = 200


def main() -> None:
    """Run what is asked for and print the table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--quick", action="store_true")
    arguments.add_argument("--diet", action="store_true")
    asked = arguments.parse_args()
    train, test = (_rows(split, SLICE if asked.quick else 1) for split in ("train", "test"))
    size = "quick" if asked.quick else "full"
    seeds = (1,) if asked.quick else (1, 2, 3)
    code = source_hash("encoder", "understanding")[:8]  # a result is of the code that made it
    ours = [
        once(f"banking77-{size}-lam-{code}-{seed}", lambda seed=seed: _ours(train, test, seed))
        for seed in seeds
    ]
    rows = [("lam, int8", *_row(ours))]
    if asked.quick or asked.diet:
        rows.append(
            ("Rasa's default DIET", *_row([once(f"banking77-{size}-diet", lambda: _diet(train, test))]))
        )
    show(
        f"BANKING77, {len(train)} train, {len(test)} test",
        ("model", "accuracy %", "p50 ms", "p95 ms", "train s"),
        rows,
    )


def _rows(split: str, step: int) -> list[Example]:
    with (data_folder("banking77") / f"{split}.csv").open(encoding="utf-8", newline="") as file:
        return [Example(row["text"], row["category"]) for row in csv.DictReader(file)][::step]


def _ours(train: list[Example], test: list[Example], seed: int) -> dict[str, Any]:
    began = perf_counter()
    with progress_bar(f"seed {seed}") as progress:
        classifier = IntentClassifier.fit(train, Recipe(seed=seed), progress)
    seconds = perf_counter() - began
    read = [one.intent for one in classifier.predict([one.text for one in test])]
    return _result(test, read, seconds, lambda text: classifier.predict([text]))


def _diet(train: list[Example], test: list[Example]) -> dict[str, Any]:
    from rasa.core.agent import load_agent
    from rasa.model_training import train_nlu
    from rasa.shared.utils.io import write_yaml

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "config.yml").write_text(DIET, encoding="utf-8")
        by_intent: dict[str, list[str]] = {}
        for one in train:
            by_intent.setdefault(one.intent, []).append(" ".join(one.text.split()))
        nlu = [
            {"intent": intent, "examples": "".join(f"- {text}\n" for text in texts)}
            for intent, texts in by_intent.items()
        ]
        write_yaml({"version": "3.1", "nlu": nlu}, folder / "nlu.yml")
        began = perf_counter()
        model = train_nlu(str(folder / "config.yml"), str(folder / "nlu.yml"), str(folder))
        seconds = perf_counter() - began

        async def read() -> dict[str, Any]:
            agent = await load_agent(model_path=model)
            found = [(await agent.parse_message(one.text))["intent"]["name"] for one in test]
            spans = []
            for one in test[:TIMED]:
                start = perf_counter()
                await agent.parse_message(one.text)
                spans.append(perf_counter() - start)
            return _summary(test, found, seconds, spans)

        return asyncio.run(read())


def _result(test: list[Example], read: list[str | None], seconds: float, parse: Any) -> dict[str, Any]:
    spans = []
    for one in test[:TIMED]:
        start = perf_counter()
        parse(one.text)
        spans.append(perf_counter() - start)
    return _summary(test, read, seconds, spans)


def _summary(
    test: list[Example], read: list[str | None], seconds: float, spans: list[float]
) -> dict[str, Any]:
    cuts = statistics.quantiles(spans, n=20)
    accuracy = evaluate([one.intent for one in test], read).accuracy
    return {"accuracy": accuracy, "seconds": seconds, "p50": 1000 * cuts[9], "p95": 1000 * cuts[18]}


def _row(results: list[dict[str, Any]]) -> tuple[str, str, str, str]:
    def mean(key: str) -> float:
        return statistics.fmean(one[key] for one in results)

    accuracy = mean_interval([one["accuracy"] for one in results])
    return accuracy, f"{mean('p50'):.1f}", f"{mean('p95'):.1f}", f"{mean('seconds'):.0f}"


if __name__ == "__main__":
    main()
