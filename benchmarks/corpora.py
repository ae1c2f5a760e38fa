"""The public data sets that understanding is measured on, as examples (see docs/benchmarks.md)."""

import csv
import json
from dataclasses import dataclass
from pathlib import Path

from benchmarks.common import data_folder
from lam.types import Example, Span

OUTSIDE = ""  # the label of texts that belong to no intent


@dataclass(frozen=True)
class Corpus:
    """Texts to train on, to choose on, and to report on."""

    train: list[Example]
    validation: list[Example]
    test: list[Example]


def banking77() -> Corpus:
    """The original rows; it has no validation part."""
    folder = data_folder("banking77")
    return Corpus(_csv(folder / "train.csv"), [], _csv(folder / "test.csv"))


def banking77_few() -> Corpus:
    """Ten examples an intent."""
    folder = data_folder("fewshot_intent") / "BANKING77"
    return Corpus(_columns(folder / "train_10"), _columns(folder / "valid"), _columns(folder / "test"))


def clinc150() -> Corpus:
    """150 intents; validation and test parts also have texts of none, its training part hasn't."""
    content = json.loads((data_folder("clinc150") / "data_full.json").read_text(encoding="utf-8"))

    def part(*names: str) -> list[Example]:
        rows = [row for name in names for row in content[name]]
        return [Example(text, OUTSIDE if label == "oos" else label) for text, label in rows]

    return Corpus(part("train"), part("val", "oos_val"), part("test", "oos_test"))


def snips() -> Corpus:
    """Seven intents, 39 slots."""
    folder = data_folder("snips")
    return Corpus(*(_tagged(folder / name) for name in ("train", "dev", "test")))


def _csv(path: Path) -> list[Example]:
    with path.open(encoding="utf-8", newline="") as file:
        return [Example(" ".join(row["text"].split()), row["category"]) for row in csv.DictReader(file)]


def _columns(folder: Path) -> list[Example]:
    texts, labels = (_lines(folder / name) for name in ("seq.in", "label"))
    return [Example(text, label) for text, label in zip(texts, labels, strict=True)]


def _tagged(folder: Path) -> list[Example]:
    parts = (_lines(folder / name) for name in ("seq.in", "label", "seq.out"))
    return [
        Example(" ".join(text.split()), label, _spans(text.split(), tags.split()))
        for text, label, tags in zip(*parts, strict=True)
    ]


def _spans(words: list[str], tags: list[str]) -> tuple[Span, ...]:
    spans: list[tuple[int, int, str]] = []
    end = 0
    for word, tag in zip(words, tags, strict=True):
        start, end = end, end + len(word)
        mark, _, label = tag.partition("-")
        if mark == "B":
            spans.append((start, end, label))
        elif mark == "I":
            spans[-1] = (spans[-1][0], end, label)
        end += 1  # the space
    text = " ".join(words)
    return tuple(Span(start, end, label, text[start:end]) for start, end, label in spans)


def _lines(path: Path) -> list[str]:
    return [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
