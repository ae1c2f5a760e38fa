"""Classifiers of ours, trained once for all the rows that want them, and what they read."""

import functools
import hashlib
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.code_hash import code_hash
from benchmarks.corpora import OUTSIDE, Corpus
from benchmarks.figures import Run
from benchmarks.full_precision import STATE, keep_weights
from lam.components.fingerprint import encoder_hash
from lam.types import Example, Reading
from lam.understanding import IntentClassifier, Recipe, evaluate
from lam.understanding.training.progress import progress_bar

Found = dict[str, Any]
SEEDS = (1, 2, 3)
#: What each set is trained with, beside the defaults.
RECIPES: dict[str, dict[str, Any]] = {
    "banking77": {},
    "fewshot": {
        "epochs": 10, "batch_size": 16, "encoder_learning_rate": 2e-5, "head_learning_rate": 5e-4,
        "noise": 0.0, "neighbours": 0, "spelling": False, "validation": 0.0,
    },
    "clinc150": {},
    "snips": {"neighbours": 0, "noise": 0.0, "spelling": False},
}  # fmt: skip
#: What makes a model robust, left out; then all else but cross-entropy on the encoder, too.
SOFT = {"noise": 0.0, "spelling": False}
PLAIN = {"neighbours": 0, "word_dropout": 0.0, **SOFT}


@dataclass(frozen=True)
class Trained:
    """A classifier that is there to be read with.

    Attributes:
        folder: of the classifier.
        weights: the file with its weights in full precision.
        seconds: that its training took; None when that was interrupted.
    """

    folder: Path
    weights: Path
    seconds: float | None

    @functools.cached_property
    def classifier(self) -> IntentClassifier:
        """The classifier, as it is served."""
        return IntentClassifier.load(self.folder)


def trained(run: Run, corpus: Corpus, changes: Mapping[str, Any], seed: int) -> Trained:
    """Return a classifier of a corpus, trained when there is none of this code, recipe and data.

    A training that was interrupted goes on. `results/classifiers` holds them all, and may be deleted.
    """
    recipe = Recipe(**{**changes, **run.changes, "seed": seed})
    made_of = (code_hash(), recipe, encoder_hash(recipe.encoder), fingerprint(corpus))
    name = hashlib.sha256(repr(made_of).encode()).hexdigest()[:16]
    home = run.results / "classifiers" / name
    done, state = home / "classifier", home / "state"
    if not done.exists():
        interrupted = (state / STATE).exists()
        judges = [one for one in corpus.validation if one.intent != OUTSIDE] if recipe.patience else []
        began = perf_counter()
        with progress_bar(f"seed {seed}") as progress:
            classifier = IntentClassifier.fit(corpus.train, recipe, progress, validation=judges, state=state)
        took = None if interrupted else perf_counter() - began
        (home / "seconds.json").write_text(json.dumps(took), encoding="utf-8")
        keep_weights(state / STATE, home / "weights.safetensors")
        classifier.save(home / "new")
        (home / "new").rename(done)
        shutil.rmtree(state)
    took = json.loads((home / "seconds.json").read_text(encoding="utf-8"))
    return Trained(done, home / "weights.safetensors", took)


def for_seeds(
    run: Run,
    name: str,
    corpus: Corpus,
    changes: Mapping[str, Any],
    measure: Callable[[Trained], Found],
    seeds: Sequence[int] = SEEDS,
) -> list[Found]:
    """Return what is measured of a classifier for each seed, or for the first one when it is to be quick.

    Args:
        run: how.
        name: of the figures' files, which the seed ends.
        corpus: to train on.
        changes: of the recipe.
        measure: from a trained classifier to figures; the seconds of the training are added to them.
        seeds: when it is not to be quick.
    """

    def one(seed: int) -> Found:
        model = trained(run, corpus, changes, seed)
        return {**measure(model), "seconds": model.seconds}

    return [
        run.once(f"{name}-{seed}", key_of(run, corpus, changes, seed), functools.partial(one, seed))
        for seed in (seeds[:1] if run.quick else seeds)
    ]


def part_of(run: Run, corpus: Corpus) -> Corpus:
    """Return a corpus, or a fifth of each of its parts when it is to be quick."""
    parts = (corpus.train, corpus.validation, corpus.test)
    return Corpus(*(part[::5] for part in parts)) if run.quick else corpus


def key_of(run: Run, corpus: Corpus, changes: Mapping[str, Any], seed: int = 1) -> Found:
    """Return all that figures of a classifier depend on."""
    recipe = {**changes, **run.changes, "seed": seed}
    encoder = encoder_hash(Recipe(**recipe).encoder)
    return {"code": code_hash(), "encoder": encoder, "recipe": recipe, "data": fingerprint(corpus)}


def fingerprint(corpus: Corpus) -> str:
    """Return a hash of all rows of a corpus."""
    return hashlib.sha256(repr(corpus).encode()).hexdigest()[:12]


def read(classifier: IntentClassifier, examples: Sequence[Example]) -> list[Reading]:
    """Return the reading of each text, one message at a time as it is served."""
    return [classifier.predict([one.text], limit=1)[0] for one in examples]


def accuracy(examples: Sequence[Example], readings: Sequence[Reading]) -> float:
    """Return the share of intents that are read, in [0, 1]."""
    return evaluate([one.intent for one in examples], [one.intent for one in readings]).accuracy


def judged(corpus: Corpus, intents: Sequence[str | None]) -> Found:
    """Return the accuracy in [0, 1] on the test rows, and on those whose text training doesn't have."""
    seen = {one.text for one in corpus.train}
    pairs = [(one, intent) for one, intent in zip(corpus.test, intents, strict=True)]
    new = [(one, intent) for one, intent in pairs if one.text not in seen]
    return {
        name: evaluate([one.intent for one, _ in part], [intent for _, intent in part]).accuracy
        for name, part in {"accuracy": pairs, "new": new}.items()
        if part
    }


def percents(found: Sequence[Found], key: str) -> list[float]:
    """Return a share of all seeds in percent."""
    return [100 * one[key] for one in found]


def training_seconds(found: Sequence[Found]) -> list[float]:
    """Return the seconds of those trainings that were not interrupted."""
    return [one["seconds"] for one in found if one["seconds"] is not None]
