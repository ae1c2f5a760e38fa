"""BANKING77: all of it, ten examples an intent, and what each part of the training is worth."""

from collections.abc import Callable

from benchmarks import corpora, setfit_peer
from benchmarks.corpora import Corpus
from benchmarks.figures import Run
from benchmarks.rasa_models import DIET, read_by_rasa
from benchmarks.sheet import Bar, Line, Sheet, Values
from benchmarks.trainings import (
    PLAIN,
    RECIPES,
    SEEDS,
    Found,
    Trained,
    for_seeds,
    judged,
    part_of,
    percents,
    read,
    training_seconds,
)

FEW_SEEDS = (1, 2, 3, 4, 5)
ABLATIONS = {
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
_WHOLE, _FEW = Bar(94.2, 95.0), Bar(86.0, 88.0)


def banking77(run: Run) -> list[Sheet]:
    """Train on all rows; also without the test sentences that recur in training."""
    corpus = part_of(run, corpora.banking77())
    measure = _right(corpus)
    founds = {
        "lam": for_seeds(run, "banking77-lam", corpus, RECIPES["banking77"], measure),
        "plain cross-entropy": for_seeds(run, "banking77-plain", corpus, PLAIN, measure),
        "SetFit": setfit_peer.figures(run, "banking77-setfit", corpus, (1,), setfit_peer.MANY),
    }
    if run.diet:
        founds["DIET"] = [read_by_rasa(run, "banking77-diet", DIET, corpus)]
    lines = [
        Line("accuracy %", _all(founds, "accuracy"), _WHOLE),
        Line("without recurring sentences %", _all(founds, "new"), _WHOLE),
        Line("training s", [training_seconds(one) for one in founds.values()], places=0),
    ]
    return [Sheet(f"BANKING77, {len(corpus.train)} rows", [*founds], lines)]


def fewshot(run: Run) -> list[Sheet]:
    """Train on ten examples an intent."""
    corpus = corpora.banking77_few()
    measure = _right(corpus)
    recipe = RECIPES["fewshot"]
    pairs = setfit_peer.FEW // 4 if run.quick else setfit_peer.FEW
    founds = {
        "lam": for_seeds(run, "fewshot-lam", corpus, recipe, measure, FEW_SEEDS),
        "plain cross-entropy": for_seeds(
            run, "fewshot-plain", corpus, {**recipe, **PLAIN}, measure, FEW_SEEDS
        ),
        "SetFit": setfit_peer.figures(run, "fewshot-setfit", corpus, SEEDS, pairs),
    }
    lines = [
        Line("accuracy %", _all(founds, "accuracy"), _FEW),
        Line("training s", [training_seconds(one) for one in founds.values()], places=0),
    ]
    return [Sheet("BANKING77, ten examples an intent", [*founds], lines)]


def ablation(run: Run) -> list[Sheet]:
    """Leave one part out at a time; one seed."""
    corpus = part_of(run, corpora.banking77())
    measure = _right(corpus)
    founds = {
        name: for_seeds(run, f"ablation-{name.replace(' ', '-')}", corpus, changes, measure, (1,))
        for name, changes in ABLATIONS.items()
    }
    lines = [Line(f"{name}, accuracy %", [percents(one, "accuracy")], _WHOLE) for name, one in founds.items()]
    lines += [Line(f"{name}, training s", [training_seconds(one)], places=0) for name, one in founds.items()]
    return [Sheet("BANKING77, one seed", ["lam"], lines)]


def _right(corpus: Corpus) -> Callable[[Trained], Found]:
    """Return what measures a classifier on the test rows."""
    return lambda model: judged(corpus, [one.intent for one in read(model.classifier, corpus.test)])


def _all(founds: dict[str, list[Found]], key: str) -> list[Values]:
    return [percents(one, key) if one and key in one[0] else None for one in founds.values()]
