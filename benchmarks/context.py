"""Pairs of messages that are the same words and mean something else behind another turn of the bot."""

import dataclasses
import hashlib
from pathlib import Path

import yaml

from benchmarks.corpora import Corpus
from benchmarks.figures import ROOT, Run
from benchmarks.sheet import Bar, Line, Sheet
from benchmarks.trainings import Found, Trained, accuracy, key_of, part_of, trained
from lam.types import Example
from lam.understanding.corpus.reader import read_examples
from lam.workbench.command_recipe import read_recipe

PAIRS = ROOT / "tests" / "contexts" / "pairs.yml"
_PAIRS, _COST = Bar(90, 90), Bar(0.2, 0.2, low=True)


def context(run: Run) -> list[Sheet]:
    """Train the assistant's classifier with and without contexts; read the pairs and what was held out."""
    corpora = {
        "with contexts": part_of(run, assistant("nlu", "contexts")),
        "without": part_of(run, assistant("nlu")),
    }
    pairs = read_pairs(PAIRS)
    recipe = dataclasses.asdict(read_recipe(ROOT / "config.yml"))

    def found(name: str, corpus: Corpus) -> Found:
        key = key_of(run, corpus, recipe)
        key["pairs"] = hashlib.sha256(PAIRS.read_bytes()).hexdigest()[:12]
        return run.once(
            f"context-{name.replace(' ', '-')}",
            key,
            lambda: readings(trained(run, corpus, recipe, 1), corpus, pairs),
        )

    founds = [found(name, corpus) for name, corpus in corpora.items()]
    lines = [
        Line("readings of the pairs right %", [[100 * one["readings"]] for one in founds], _PAIRS, 1),
        Line("pairs right %", [[100 * one["pairs"]] for one in founds], _PAIRS, 1),
        Line("held-out sentences without a turn %", [[100 * one["alone"]] for one in founds]),
        Line("… points that contexts cost", [[100 * (founds[1]["alone"] - founds[0]["alone"])], None], _COST),
    ]
    return [Sheet(f"{len(pairs) // 2} pairs whose reading depends on the bot's turn", [*corpora], lines)]


def readings(model: Trained, corpus: Corpus, pairs: list[Example]) -> Found:
    """Return the shares of readings and of whole pairs that are right, and the accuracy on the test rows."""
    classifier = model.classifier
    read = classifier.predict([one.text for one in pairs], contexts=[one.context for one in pairs])
    right = [reading.intent == one.intent for one, reading in zip(pairs, read, strict=True)]
    return {
        "readings": sum(right) / len(right),
        "pairs": sum(map(all, zip(right[::2], right[1::2], strict=True))) / (len(right) / 2),
        "alone": accuracy(corpus.test, classifier.predict([one.text for one in corpus.test])),
    }


def assistant(*folders: str) -> Corpus:
    """Return the assistant's examples in folders of data/, and its held-out sentences as the test."""
    held_out = [path for path in sorted((ROOT / "tests" / "nlu").glob("*.yml")) if path.stem != "banking77"]
    return Corpus(read_examples(*(ROOT / "data" / one for one in folders)), [], read_examples(*held_out))


def read_pairs(path: Path) -> list[Example]:
    """Return the readings of the pairs, two and two."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))["pairs"]
    return [
        Example(pair["text"], reading["intent"], context=reading["bot"])
        for pair in content
        for reading in pair["readings"]
    ]
