"""Trains our classifier for `pace`: how long each epoch took, and what is read after it.

python -m benchmarks.pace_ours ASKED.json
"""

import os
from pathlib import Path
from typing import Any

# Imports are no part of a training: DIET's are over before its first turn, too.
import lam.encoder.export
import lam.encoder.pretrained  # noqa: F401
from benchmarks.full_precision import STATE, keep_weights, read_with_torch
from benchmarks.turns import Turns, take_part
from lam.types import Example
from lam.understanding import IntentClassifier, Recipe, evaluate


class Epochs:
    """Keeps the state that a training leaves after each epoch, and gives the turn away.

    Args:
        folder: where the training keeps it.
        turns: of two trainings.
    """

    def __init__(self, folder: Path, turns: Turns) -> None:
        self._state = folder / STATE
        self._turns = turns
        self.kept: list[tuple[float, Path]] = []

    def __call__(self, number: int, _: float) -> None:
        """Remember an epoch that has just ended, with the seconds until then."""
        seconds = self._turns.seconds()
        path = self._state.with_name(f"epoch-{number}.safetensors")
        os.link(self._state, path)  # the training puts a new file in the old one's place
        self.kept.append((seconds, path))
        self._turns.pause(seconds)


def _trained(asked: dict[str, Any], folder: Path, turns: Turns) -> dict[str, Any]:
    examples = [Example(text, intent) for text, intent in asked["train"]]
    epochs = Epochs(folder / "state", turns)
    turns.begin()
    recipe = Recipe(**asked["recipe"])
    classifier = IntentClassifier.fit(examples, recipe, state=folder / "state", on_epoch=epochs)
    whole = turns.seconds()
    classifier.save(folder / "classifier")
    read = []
    for seconds, state in epochs.kept:
        keep_weights(state, folder / "weights")
        reader = read_with_torch(folder / "classifier", folder / "weights")
        read.append([seconds, _accuracy(reader, asked["held"])])
    return {"epochs": read, "whole": whole, "test": _accuracy(classifier, asked["test"])}


def _accuracy(classifier: IntentClassifier, rows: list[list[str]]) -> float:
    readings = classifier.predict([text for text, _ in rows], limit=1)
    return evaluate([intent for _, intent in rows], [one.intent for one in readings]).accuracy


if __name__ == "__main__":
    take_part(_trained)
