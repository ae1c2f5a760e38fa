"""Text to intent and entities: a fine-tuned encoder, served as int8 ONNX."""

import dataclasses
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from lam.encoder import seal, unseal
from lam.encoder.runtime import OnnxModel, Outputs
from lam.encoder.tokens import Tokenizer
from lam.types import Example, Reading, Span
from lam.understanding.neighbours import vote
from lam.understanding.recipe import Recipe
from lam.understanding.tagging import Scheme, best_path

if TYPE_CHECKING:
    from lam.understanding.finetune import Progress

KIND = "intent-classifier"
_VERSION = 2
_MODEL = "model.onnx"


class IntentClassifier:
    """Reads the intent and the entities of texts. Make one with `fit` or `load`; threads may share it."""

    def __init__(self, folder: Path) -> None:
        facts = unseal(folder, KIND, _VERSION)
        self.intents: tuple[str, ...] = tuple(facts["intents"])
        self._recipe = Recipe.of(facts["recipe"])
        self._scheme = Scheme(facts["entities"])
        self._labels = np.array(facts["labels"], dtype=np.int64)
        self._crf = tuple(np.array(one, dtype=np.float32) for one in facts["crf"])
        self._model = OnnxModel(folder / _MODEL, Tokenizer.load(folder))
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    @property
    def entities(self) -> tuple[str, ...]:
        """The labels of the entities that it finds."""
        return self._scheme.labels

    @classmethod
    def fit(
        cls,
        examples: Sequence[Example],
        recipe: Recipe | None = None,
        progress: Callable[["Progress"], None] | None = None,
    ) -> "IntentClassifier":
        """Fine-tune an encoder on examples. Needs torch and transformers; nothing else here does.

        Args:
            examples: texts with at least two intents among them, and the spans of their entities.
            recipe: the hyperparameters; Recipe() when left out.
            progress: is called after each step.

        Raises:
            ValueError: there are fewer than two intents.
            EncoderError: the encoder can't be used.
        """
        from lam.understanding.export import export
        from lam.understanding.finetune import fine_tune

        recipe = recipe or Recipe()
        intents = sorted({example.intent for example in examples})
        if len(intents) < 2:
            raise ValueError(f"Expected examples of at least two intents, found {intents}. Add examples.")
        scheme = Scheme(span.label for one in examples for span in one.spans)
        model, tokenizer = fine_tune(examples, intents, scheme, recipe, progress)
        scratch = tempfile.TemporaryDirectory(prefix="lam-classifier-")
        folder = Path(scratch.name)
        memory = [one.text for one in examples] if recipe.neighbours else []
        export(model, tokenizer, memory, folder / _MODEL)
        tokenizer.save(folder)
        places = {intent: place for place, intent in enumerate(intents)}
        facts = {
            "intents": intents,
            "entities": scheme.labels,
            "labels": [places[one.intent] for one in examples] if memory else [],
            "crf": [one.tolist() for one in model.crf.legal()],  # starts, steps, ends
            "recipe": dataclasses.asdict(recipe),
        }
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
            for place, outputs in zip(said, self._model([texts[place] for place in said]), strict=True):
                shares = self._shares(outputs)
                best = np.argsort(-shares, kind="stable")[:limit]
                ranking = tuple((self.intents[one], float(shares[one])) for one in best)
                readings[place] = Reading(ranking, self._spans(texts[place], outputs))
        return readings

    def _shares(self, outputs: Outputs) -> npt.NDArray[np.float32]:
        powers = np.exp((outputs["intents"] - outputs["intents"].max()) / self._recipe.temperature)
        shares: npt.NDArray[np.float32] = powers / powers.sum()
        if len(self._labels):
            near = vote(outputs["similarities"], self._labels, len(self.intents), self._recipe.neighbours)
            shares += self._recipe.neighbour_weight * (near - shares)
        return shares

    def _spans(self, text: str, outputs: Outputs) -> tuple[Span, ...]:
        if not self.entities:
            return ()
        words = self._model.words(text)
        path = best_path(outputs["tags"][[word.token for word in words]], *self._crf)
        return self._scheme.decode(text, words, path)
