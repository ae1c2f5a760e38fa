"""Text to intent: a fine-tuned encoder, served as int8 ONNX."""

import dataclasses
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from lam.encoder import seal, unseal
from lam.encoder.runtime import OnnxModel, Scores
from lam.encoder.tokens import Tokenizer
from lam.types import Example, Reading
from lam.understanding.recipe import Recipe

if TYPE_CHECKING:
    from lam.understanding.finetune import Progress

KIND = "intent-classifier"
_VERSION = 1
_MODEL = "model.onnx"


class IntentClassifier:
    """Reads the intent of texts. Make one with `fit` or `load`; threads may share it."""

    def __init__(self, folder: Path) -> None:
        facts = unseal(folder, KIND, _VERSION)
        self.intents: tuple[str, ...] = tuple(facts["intents"])
        self._temperature = float(facts["temperature"])
        self._model = OnnxModel(folder / _MODEL, Tokenizer.load(folder))
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    @classmethod
    def fit(
        cls,
        examples: Sequence[Example],
        recipe: Recipe | None = None,
        progress: Callable[["Progress"], None] | None = None,
    ) -> "IntentClassifier":
        """Fine-tune an encoder on examples. Needs torch and transformers; nothing else here does.

        Args:
            examples: texts with at least two intents among them.
            recipe: the hyperparameters; Recipe() when left out.
            progress: is called after each step.

        Raises:
            ValueError: there are fewer than two intents.
            EncoderError: the encoder can't be used.
        """
        from lam.encoder.export import export_int8
        from lam.understanding.finetune import fine_tune

        recipe = recipe or Recipe()
        intents = sorted({example.intent for example in examples})
        if len(intents) < 2:
            raise ValueError(f"Expected examples of at least two intents, found {intents}. Add examples.")
        places = {intent: place for place, intent in enumerate(intents)}
        texts, labels = [one.text for one in examples], [places[one.intent] for one in examples]
        model, tokenizer = fine_tune(texts, labels, recipe, progress)
        scratch = tempfile.TemporaryDirectory(prefix="lam-classifier-")
        folder = Path(scratch.name)
        export_int8(model, folder / _MODEL)
        tokenizer.save(folder)
        facts = {"intents": intents, "temperature": recipe.temperature, "recipe": dataclasses.asdict(recipe)}
        seal(folder, KIND, _VERSION, facts)
        classifier = cls(folder)
        classifier._folder = scratch  # removed with the classifier
        return classifier

    @classmethod
    def load(cls, folder: Path) -> "IntentClassifier":
        """Read what `save` wrote; the folder isn't needed afterwards.

        Raises:
            ArtifactError: the folder holds something else, another version, or a file that has changed.
        """
        return cls(folder)

    def save(self, folder: Path) -> None:
        """Write a freshly trained classifier into a folder, which is made when it is missing."""
        if self._folder is None:
            raise ValueError(
                "Expected a classifier fresh from fit; a loaded one is on disk already: copy that folder."
            )
        shutil.copytree(self._folder.name, folder, dirs_exist_ok=True)

    def predict(self, texts: Sequence[str], limit: int | None = None) -> list[Reading]:
        """Return each text's reading with all intents, or the best `limit`; a blank text's is empty."""
        said = [place for place, text in enumerate(texts) if text.strip()]
        readings = [Reading(())] * len(texts)
        if said:
            shares = _softmax(self._model([texts[place] for place in said]) / self._temperature)
            for place, row in zip(said, shares, strict=True):
                best = np.argsort(-row, kind="stable")[:limit]
                readings[place] = Reading(tuple((self.intents[one], float(row[one])) for one in best))
        return readings


def _softmax(scores: Scores) -> Scores:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: Scores = powers / powers.sum(axis=1, keepdims=True)
    return shares
