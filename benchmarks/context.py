"""Pairs of messages that are the same words and mean something else behind another turn of the bot."""

import functools
from pathlib import Path
from typing import Any

import yaml

from benchmarks.common import RESULTS, once
from lam.components.fingerprint import files_hash, source_hash
from lam.types import Example
from lam.understanding import IntentClassifier, Recipe, evaluate
from lam.understanding.corpus.reader import read_examples
from lam.understanding.training.progress import progress_bar

ROOT = RESULTS.parent
PAIRS = ROOT / "tests" / "contexts" / "pairs.yml"


def context_rows() -> tuple[str, tuple[str, ...], list[tuple[str, ...]]]:
    """Train the assistant's classifier with and without contexts; read the pairs and what was held out."""
    data = "".join(files_hash(ROOT / name) for name in ("config.yml", "data", "tests/contexts"))
    key = f"context-{source_hash('encoder', 'understanding')[:8]}-{data[:8]}{data[64:72]}{data[128:136]}"
    rows = []
    for name, contexts in {"with contexts": True, "without": False}.items():
        found = once(f"{key}-{contexts}", functools.partial(_measure, contexts))
        rows.append((name, *(f"{100 * found[one]:.1f}" for one in ("readings", "pairs", "alone"))))
    return (
        "Pairs whose reading depends on the bot's turn",
        ("trained", "readings right %", "pairs right %", "held-out sentences without a turn %"),
        rows,
    )


def _measure(contexts: bool) -> dict[str, Any]:
    entry = next(
        one
        for one in yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))["pipeline"]
        if one["name"].endswith("BertIntentClassifier")
    )
    examples = read_examples(ROOT / "data" / "nlu", *([ROOT / "data" / "contexts"] if contexts else []))
    with progress_bar("with contexts" if contexts else "without") as progress:
        classifier = IntentClassifier.fit(examples, Recipe.of(entry), progress)
    held_out = [
        path for path in sorted((ROOT / "tests" / "nlu").glob("*.yml")) if path.name != "banking77.yml"
    ]
    pairs = read_pairs(PAIRS)
    right = [
        reading.intent == one.intent
        for one, reading in zip(
            pairs,
            classifier.predict([one.text for one in pairs], contexts=[one.context for one in pairs]),
            strict=True,
        )
    ]
    alone = read_examples(*held_out)
    read = [one.intent for one in classifier.predict([one.text for one in alone])]
    return {
        "readings": sum(right) / len(right),
        "pairs": sum(map(all, zip(right[::2], right[1::2], strict=True))) / (len(right) / 2),
        "alone": evaluate([one.intent for one in alone], read).accuracy,
    }


def read_pairs(path: Path) -> list[Example]:
    """Return the readings of the pairs, two and two."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))["pairs"]
    return [
        Example(pair["text"], reading["intent"], context=reading["bot"])
        for pair in content
        for reading in pair["readings"]
    ]
