"""What the Large Action Model understands: public data sets, noise, the unknown, context, and how fast.

    LAM_BENCH_DATA=… python benchmarks/understanding.py [--quick] [--diet] [ROW …]

Rows: banking77 fewshot clinc150 snips noise context speed ablation. Without names all but `ablation` run.
Test splits are read once, at the end of each training. Everything is trained with the defaults of `Recipe`
but for what RECIPES says; that was chosen on validation data.

On 2 idle cores: banking77 40 minutes (three seeds, two models), fewshot 10 (five seeds), clinc150 20, snips
20, noise 20, context 1 (it takes the assistant's model), speed 20 (most of them for DIET), ablation 60.
`--quick` runs a fifth of each: one seed on every fifth row. `--diet` adds DIET's full training: an hour and a
half. Finished parts are kept in results/ and not run again while the code stays the same.
"""

import argparse
import dataclasses
import functools
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from sklearn.metrics import roc_auc_score

from benchmarks import corpora
from benchmarks.common import mean_interval, once, show
from benchmarks.context import context_rows
from benchmarks.corpora import OUTSIDE, Corpus
from benchmarks.diet import compared, diet
from lam.components.fingerprint import source_hash
from lam.types import Example, Reading
from lam.understanding import IntentClassifier, Recipe, evaluate, span_score
from lam.understanding.noise import Noise
from lam.understanding.training.progress import progress_bar
from lam.workbench.attack import attack

CODE = source_hash("encoder", "understanding")[:8]  # a result is of the code that made it
SEEDS = (1, 2, 3)
#: What each set is trained with, beside the defaults.
RECIPES: dict[str, dict[str, Any]] = {
    "banking77": {},
    "fewshot": {"epochs": 20, "batch_size": 16},
    "clinc150": {},
    "snips": {"neighbours": 0, "noise": 0.0, "spelling": False},
}
SOFT = {"noise": 0.0, "spelling": False}
PLAIN = {"neighbours": 0, "word_dropout": 0.0, **SOFT}
ABLATIONS: dict[str, dict[str, Any]] = {
    "all": {},
    "no neighbours": {"neighbours": 0},
    "no hidden words": {"word_dropout": 0.0},
    "no noise": {"noise": 0.0},
    "no mended words": {"spelling": False},
    "none of these: plain cross-entropy": PLAIN,
    "and FGM": {"adversarial": "fgm"},
    "and PGD": {"adversarial": "pgd"},
    "and easy texts skipped": {"skip_easy": 0.5},
}
Row = tuple[str, ...]


def main() -> None:
    """Run what is asked for and print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("rows", nargs="*", metavar="ROW", choices=[*MEASURES, []])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--diet", action="store_true")
    asked = parser.parse_args()
    for name in asked.rows or [one for one in MEASURES if one != "ablation"]:
        title, columns, rows = MEASURES[name](asked.quick)
        show(title + (", a fifth of it" if asked.quick else ""), columns, rows)
    if asked.diet:
        found = once("banking77-diet", diet)
        show(
            "DIET on BANKING77",
            ("accuracy %", "train s"),
            [(_percent(found["accuracy"]), f"{found['seconds']:.0f}")],
        )


def _banking77(quick: bool) -> tuple[str, Row, list[Row]]:
    corpus = _part(corpora.banking77(), quick)
    seen = {one.text for one in corpus.train}

    def measure(changes: dict[str, Any], seed: int) -> dict[str, Any]:
        classifier, seconds = _trained(corpus, changes, seed)
        readings = _read(classifier, corpus.test)
        new = [n for n, one in enumerate(corpus.test) if one.text not in seen]
        return {
            "accuracy": _accuracy(corpus.test, readings),
            "new": _accuracy([corpus.test[n] for n in new], [readings[n] for n in new]),
            "seconds": seconds,
        }

    rows = []
    for name, changes in {"lam": RECIPES["banking77"], "plain cross-entropy": PLAIN}.items():
        found = _seeds(f"banking77-{name.split()[0]}", functools.partial(measure, changes), quick)
        rows.append((name, _mean(found, "accuracy"), _mean(found, "new"), _seconds(found)))
    return "BANKING77", ("model", "accuracy %", "without recurring sentences", "train s"), rows


def _fewshot(quick: bool) -> tuple[str, Row, list[Row]]:
    corpus = corpora.banking77_few()

    def measure(seed: int) -> dict[str, Any]:
        classifier, seconds = _trained(corpus, RECIPES["fewshot"], seed)
        return {"accuracy": _accuracy(corpus.test, _read(classifier, corpus.test)), "seconds": seconds}

    found = _seeds("fewshot", measure, quick, (1, 2, 3, 4, 5))
    return (
        "BANKING77, ten examples an intent",
        ("accuracy %", "train s"),
        [(_mean(found, "accuracy"), _seconds(found))],
    )


def _clinc150(quick: bool) -> tuple[str, Row, list[Row]]:
    corpus = _part(corpora.clinc150(), quick)

    def measure(seed: int) -> dict[str, Any]:
        classifier, seconds = _trained(corpus, RECIPES["clinc150"], seed)
        validation, test = (_read(classifier, part) for part in (corpus.validation, corpus.test))
        return _scoped(corpus, validation, test) | {"seconds": seconds}

    found = _seeds("clinc150", measure, quick)
    columns = ("in-scope accuracy %", "AUROC %", "recall % of outside", "accuracy % there", "train s")
    keys = ("accuracy", "auroc", "recall", "kept")
    return (
        "CLINC150, trained without outside texts",
        columns,
        [(*(_mean(found, key) for key in keys), _seconds(found))],
    )


def _scoped(corpus: Corpus, validation: list[Reading], test: list[Reading]) -> dict[str, float]:
    """Reject below the highest threshold at which validation accuracy, rejections being errors, is 96 %."""

    def kept(part: Sequence[Example], readings: Sequence[Reading], threshold: float) -> float:
        inside = [
            (one, reading) for one, reading in zip(part, readings, strict=True) if one.intent != OUTSIDE
        ]
        right = [reading.intent == one.intent and reading.scope >= threshold for one, reading in inside]
        return statistics.fmean(right)

    candidates = sorted(reading.scope for reading in validation)
    able = [one for one in candidates if kept(corpus.validation, validation, one) >= 0.96]
    threshold = max(able, default=candidates[0])
    outside = [one.intent == OUTSIDE for one in corpus.test]
    rejected = [one.scope < threshold for one, out in zip(test, outside, strict=True) if out]
    return {
        "accuracy": kept(corpus.test, test, -1e9),
        "auroc": float(roc_auc_score(outside, [-one.scope for one in test])),
        "recall": statistics.fmean(rejected),
        "kept": kept(corpus.test, test, threshold),
    }


def _snips(quick: bool) -> tuple[str, Row, list[Row]]:
    corpus = _part(corpora.snips(), quick)

    def measure(seed: int) -> dict[str, Any]:
        classifier, seconds = _trained(corpus, RECIPES["snips"], seed)
        readings = _read(classifier, corpus.test)
        f1 = span_score([one.spans for one in corpus.test], [one.spans for one in readings]).f1
        return {"accuracy": _accuracy(corpus.test, readings), "f1": f1, "seconds": seconds}

    found = _seeds("snips", measure, quick)
    return (
        "SNIPS",
        ("slot F1 %", "intent accuracy %", "train s"),
        [(_mean(found, "f1"), _mean(found, "accuracy"), _seconds(found))],
    )


def _noise(quick: bool) -> tuple[str, Row, list[Row]]:
    corpus = _part(corpora.banking77(), quick)

    def measure(changes: dict[str, Any], seed: int) -> dict[str, Any]:
        classifier, _ = _trained(corpus, changes, seed)
        return dataclasses.asdict(
            attack(classifier.predict, corpus.test, tuple(Noise), seed=seed, guided_size=300)
        )

    soft, hard = (
        once(f"noise-{name}-{CODE}-{quick}", functools.partial(measure, changes, 1))
        for name, changes in {"soft": SOFT, "hard": {}}.items()
    )
    pairs = zip(soft["rows"], hard["rows"], strict=True)
    rows = [
        (
            one["attack"],
            str(one["edits"]),
            f"{one['changed']:.0%}",
            _percent(one["accuracy"]),
            _percent(two["accuracy"]),
            f"{two['lost']:.1f}",
        )
        for one, two in pairs
    ]
    rows.insert(0, ("none", "", "", _percent(soft["clean"]), _percent(hard["clean"]), ""))
    return (
        "BANKING77 under attack",
        (
            "attack",
            "edits",
            "changed",
            "without either %",
            "noise in training, words mended %",
            "points lost",
        ),
        rows,
    )


def _ablation(quick: bool) -> tuple[str, Row, list[Row]]:
    corpus = _part(corpora.banking77(), quick)

    def measure(changes: dict[str, Any]) -> dict[str, Any]:
        classifier, seconds = _trained(corpus, changes, 1)
        return {"accuracy": _accuracy(corpus.test, _read(classifier, corpus.test)), "seconds": seconds}

    rows = []
    for name, changes in ABLATIONS.items():
        key = f"ablation-{name.replace(' ', '-')}-{CODE}-{quick}"
        found = once(key, functools.partial(measure, changes))
        rows.append((name, _percent(found["accuracy"]), f"{found['seconds']:.0f}"))
    return "BANKING77, one seed", ("model", "accuracy %", "train s"), rows


def _speed(quick: bool) -> tuple[str, Row, list[Row]]:
    found = once(f"banking77-compared-{CODE}", compared)
    rows = [
        (name, _percent(one["accuracy"]), f"{one['seconds']:.0f}", f"{one['p50']:.1f}", f"{one['p95']:.1f}")
        for name, one in found.items()
    ]
    return (
        "A fifth of BANKING77, through Rasa, in turn",
        ("pipeline", "accuracy %", "train s", "parse p50 ms", "p95 ms"),
        rows,
    )


def _context(quick: bool) -> tuple[str, Row, list[Row]]:
    return context_rows()


def _trained(corpus: Corpus, changes: dict[str, Any], seed: int) -> tuple[IntentClassifier, float]:
    recipe = Recipe(**{**changes, "seed": seed})
    judges = [one for one in corpus.validation if one.intent != OUTSIDE] if recipe.patience else []
    began = perf_counter()
    with progress_bar(f"seed {seed}") as progress:
        classifier = IntentClassifier.fit(corpus.train, recipe, progress, validation=judges)
    return classifier, perf_counter() - began


def _part(corpus: Corpus, quick: bool) -> Corpus:
    parts = (corpus.train, corpus.validation, corpus.test)
    return Corpus(*(part[::5] for part in parts)) if quick else corpus


def _seeds(name: str, measure: Any, quick: bool, seeds: Sequence[int] = SEEDS) -> list[dict[str, Any]]:
    return [
        once(f"{name}-{CODE}-{seed}-{'quick' if quick else 'full'}", functools.partial(measure, seed))
        for seed in (seeds[:1] if quick else seeds)
    ]


def _read(classifier: IntentClassifier, examples: Sequence[Example]) -> list[Reading]:
    return [classifier.predict([one.text], limit=1)[0] for one in examples]


def _accuracy(examples: Sequence[Example], readings: Sequence[Reading]) -> float:
    return evaluate([one.intent for one in examples], [one.intent for one in readings]).accuracy


def _mean(found: Sequence[dict[str, Any]], key: str) -> str:
    return mean_interval([one[key] for one in found])


def _seconds(found: Sequence[dict[str, Any]]) -> str:
    return f"{statistics.fmean(one['seconds'] for one in found):.0f}"


def _percent(value: float) -> str:
    return f"{100 * value:.2f}"


MEASURES = {
    "banking77": _banking77,
    "fewshot": _fewshot,
    "clinc150": _clinc150,
    "snips": _snips,
    "noise": _noise,
    "context": _context,
    "speed": _speed,
    "ablation": _ablation,
}

if __name__ == "__main__":
    main()
