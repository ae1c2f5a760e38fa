"""SNIPS: slots and intents, ours and Rasa's."""

from benchmarks import corpora
from benchmarks.figures import Run
from benchmarks.rasa_models import CRF, DIET, read_by_rasa
from benchmarks.sheet import Bar, Line, Sheet
from benchmarks.trainings import (
    RECIPES,
    Found,
    Trained,
    accuracy,
    for_seeds,
    part_of,
    percents,
    read,
    training_seconds,
)
from lam.understanding import span_score


def snips(run: Run) -> list[Sheet]:
    """Train on sentences with slots; Rasa's peers get the same ones."""
    corpus = part_of(run, corpora.snips())

    def measure(model: Trained) -> Found:
        readings = read(model.classifier, corpus.test)
        f1 = span_score([one.spans for one in corpus.test], [one.spans for one in readings]).f1
        return {"accuracy": accuracy(corpus.test, readings), "f1": f1}

    founds = {
        "lam": for_seeds(run, "snips-lam", corpus, RECIPES["snips"], measure),
        "CRFEntityExtractor": [read_by_rasa(run, "snips-crf", CRF, corpus)],
    }
    if run.diet:
        founds["DIET"] = [read_by_rasa(run, "snips-diet", DIET, corpus)]
    # A CRF reads no intents.
    intents = [
        None if name == "CRFEntityExtractor" else percents(one, "accuracy") for name, one in founds.items()
    ]
    lines = [
        Line("slot F1 %", [percents(one, "f1") for one in founds.values()], Bar(96.0, 97.2)),
        Line("intent accuracy %", intents, Bar(98.5, 99.2)),
        Line("training s", [training_seconds(one) for one in founds.values()], places=0),
    ]
    return [Sheet("SNIPS", [*founds], lines)]
