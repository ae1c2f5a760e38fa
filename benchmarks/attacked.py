"""BANKING77 under attack: what typos, homophones and chatter cost, with and without the defences."""

import dataclasses
import functools
import statistics
from collections.abc import Mapping
from typing import Any

from benchmarks import corpora
from benchmarks.code_hash import code_hash
from benchmarks.figures import Run
from benchmarks.sheet import Bar, Line, Sheet
from benchmarks.trainings import RECIPES, SOFT, Found, key_of, part_of, trained
from lam.understanding.noise import Noise
from lam.workbench.attack import attack

_BARS = {1: Bar(2.0, 1.5, low=True), 2: Bar(5.0, 4.0, low=True)}
_GUIDED = 300  # texts that the guided attack tries


def noise(run: Run) -> list[Sheet]:
    """Attack a model with the test's keys, words and clauses; the guided attack is on each model anew."""
    corpus = part_of(run, corpora.banking77())
    models = {"lam": RECIPES["banking77"], "without noise in training, words not mended": SOFT}

    def measure(changes: Mapping[str, Any]) -> Found:
        classifier = trained(run, corpus, changes, 1).classifier
        size = _GUIDED // 5 if run.quick else _GUIDED
        found = attack(classifier.predict, corpus.test, tuple(Noise), seed=1, guided_size=size)
        return dataclasses.asdict(found)

    attacks = {"attack": code_hash("lam.workbench.attack")}
    founds = [
        run.once(
            f"noise-{'soft' if changes is SOFT else 'lam'}",
            key_of(run, corpus, changes) | attacks,
            functools.partial(measure, changes),
        )
        for changes in models.values()
    ]
    lines = [Line("accuracy % on clean texts", [[100 * one["clean"]] for one in founds])]
    for edits, bar in _BARS.items():
        rows = [[row for row in one["rows"] if row["edits"] == edits] for one in founds]
        means = [[statistics.fmean(row["lost"] for row in part)] for part in rows]
        lines.append(Line(f"points lost at {_edits(edits)}, mean of all", means, bar))
        lines += [
            Line(
                f"… {first['attack']} (hits {first['changed']:.0%})",
                [[row["lost"]] for row in (first, *others)],
                bar,
            )
            for first, *others in zip(*rows, strict=True)
        ]
    return [Sheet("BANKING77 under attack, one seed", [*models], lines)]


def _edits(count: int) -> str:
    return "1 edit" if count == 1 else f"{count} edits"
