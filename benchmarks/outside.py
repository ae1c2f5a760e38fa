"""CLINC150: intents, and texts that belong to none, of which training has seen nothing."""

import statistics
from collections.abc import Sequence

from sklearn.metrics import roc_auc_score

from benchmarks import corpora
from benchmarks.corpora import OUTSIDE, Corpus
from benchmarks.figures import Run
from benchmarks.sheet import Bar, Line, Sheet
from benchmarks.trainings import (
    RECIPES,
    Found,
    Trained,
    for_seeds,
    part_of,
    percents,
    read,
    training_seconds,
)
from lam.types import Example, Reading

_KEPT = 0.96  # the in-scope accuracy that may not be lost, rejections being errors


def clinc150(run: Run) -> list[Sheet]:
    """Train on the texts inside; tell them apart from those outside."""
    corpus = part_of(run, corpora.clinc150())

    def measure(model: Trained) -> Found:
        validation, test = (read(model.classifier, part) for part in (corpus.validation, corpus.test))
        return scoped(corpus, validation, test)

    found = for_seeds(run, "clinc150", corpus, RECIPES["clinc150"], measure)
    lines = [
        Line("in-scope accuracy %", [percents(found, "accuracy")], Bar(96.8, 97.4)),
        Line("AUROC of outside %", [percents(found, "auroc")], Bar(97.5, 98.4)),
        Line("outside recall %, at the threshold", [percents(found, "recall")], Bar(70, 80)),
        Line("in-scope accuracy %, at the threshold", [percents(found, "kept")], Bar(96, 96)),
        Line("training s", [training_seconds(found)], places=0),
    ]
    return [Sheet("CLINC150, trained without outside texts", ["lam"], lines)]


def scoped(corpus: Corpus, validation: Sequence[Reading], test: Sequence[Reading]) -> Found:
    """Return accuracy, AUROC, and what a threshold rejects that validation texts have set.

    It is the highest one at which the accuracy on validation texts inside stays.
    """
    candidates = sorted(reading.scope for reading in validation)
    able = [one for one in candidates if _right(corpus.validation, validation, one) >= _KEPT]
    threshold = max(able, default=candidates[0])
    outside = [one.intent == OUTSIDE for one in corpus.test]
    rejected = [one.scope < threshold for one, out in zip(test, outside, strict=True) if out]
    return {
        "accuracy": _right(corpus.test, test, -1e9),
        "auroc": float(roc_auc_score(outside, [-one.scope for one in test])),
        "recall": statistics.fmean(rejected),
        "kept": _right(corpus.test, test, threshold),
    }


def _right(part: Sequence[Example], readings: Sequence[Reading], threshold: float) -> float:
    """Return the share of texts inside that are read, and let through by a threshold."""
    pairs = zip(part, readings, strict=True)
    return statistics.fmean(
        reading.intent == one.intent and reading.scope >= threshold
        for one, reading in pairs
        if one.intent != OUTSIDE
    )
