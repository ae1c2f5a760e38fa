"""Text to intent, entities and "not for me": a trained joint model, served as int8 ONNX."""

import json
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from lam.encoder import unseal
from lam.encoder.runtime import OnnxModel, Outputs
from lam.encoder.tokens import Word, load_tokenizer
from lam.types import Example, Reading, Span
from lam.understanding.artifact import KIND, MEMORY, MODEL, VERSION
from lam.understanding.calibration import blend, scope_of
from lam.understanding.memory import without
from lam.understanding.neighbours import vote
from lam.understanding.recipe import Recipe
from lam.understanding.spelling import Speller
from lam.understanding.tagging import Scheme, best_path

if TYPE_CHECKING:
    from lam.understanding.training.trainer import Progress


class IntentClassifier:
    """Reads the intent and the entities of texts. Make one with `fit` or `load`; threads may share it."""

    def __init__(self, folder: Path) -> None:
        facts = unseal(folder, KIND, VERSION)
        self.intents: tuple[str, ...] = tuple(facts["intents"])
        self._recipe = Recipe.of(facts["recipe"])
        self._scheme = Scheme(facts["entities"])
        self._labels = np.array(facts["labels"], dtype=np.int64)
        self._crf = tuple(np.array(one, dtype=np.float32) for one in facts["crf"])
        self._temperature = float(facts["temperature"])
        #: Readings whose scope is below it are outside of what the model was trained for; None: none are.
        self.threshold: float | None = facts["threshold"]
        self._memory = (folder / MEMORY).read_bytes()
        tokenizer = load_tokenizer(folder)
        self._speller = Speller.load(folder, tokenizer.known_words) if self._recipe.spelling else None
        self._model = OnnxModel(folder / MODEL, tokenizer)
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
        validation: Sequence[Example] = (),
        state: Path | None = None,
        on_epoch: Callable[[int, float], None] | None = None,
    ) -> "IntentClassifier":
        """Train a model on examples. Needs torch and transformers; nothing else here does.

        Args:
            examples: texts with at least two intents among them, their entities, and their contexts.
            recipe: the hyperparameters; Recipe() when left out.
            progress: is called after each step.
            validation: texts to stop early and to calibrate on, in place of the share of the examples that
                the recipe holds back. They don't vote.
            state: a folder where the training keeps its state, to go on after an interruption.
            on_epoch: is called after each epoch with the number of those that are done, and the accuracy on
                the validation texts before neighbours vote, where there are such texts. What it raises ends
                the training.

        Raises:
            ValueError: there are fewer than two intents.
            EncoderError: the encoder can't be used.
        """
        from lam.understanding.training.build import build

        scratch = tempfile.TemporaryDirectory(prefix="lam-classifier-")
        folder = Path(scratch.name)
        build(folder, examples, recipe or Recipe(), progress, validation, state, on_epoch)
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

    def predict(
        self, texts: Sequence[str], limit: int | None = None, contexts: Sequence[str] | None = None
    ) -> list[Reading]:
        """Return each text's reading with all intents, or the best `limit`; a blank text's is empty.

        Args:
            texts: what people said.
            limit: the length of the rankings.
            contexts: the bot's turn before each, empty where there was none.
        """
        readings = [Reading(())] * len(texts)
        for place, outputs in self._outputs(texts, contexts):
            readings[place] = self._reading(texts[place], outputs, limit)
        return readings

    def read_held_back(self, examples: Sequence[Example]) -> list[Reading]:
        """Return the readings of examples that were held back from the training and yet vote themselves.

        They are what `predict` would return if the model had never seen them: the same words with the same
        intent don't vote.
        """
        own: dict[tuple[str, str], list[int]] = {}
        for place, (text, intent, _) in enumerate(json.loads(self._memory)):
            own.setdefault((text, intent), []).append(place)
        readings = [Reading(())] * len(examples)
        texts, contexts = [one.text for one in examples], [one.context for one in examples]
        for place, outputs in self._outputs(texts, contexts):
            one = examples[place]
            readings[place] = self._reading(one.text, without(outputs, own.get((one.text, one.intent), [])))
        return readings

    def nearest(self, text: str, context: str = "", count: int = 5) -> list[tuple[Example, float]]:
        """Return the training examples nearest to a text, with their cosines; none for a blank one."""
        voting = json.loads(self._memory)
        found: list[tuple[Example, float]] = []
        for _, outputs in self._outputs([text], [context]):
            cosines = outputs.get("similarities", np.zeros(0, np.float32))
            for place in np.argsort(-cosines, kind="stable")[:count]:
                said, intent, before = voting[place]
                found.append((Example(said, intent, context=before), float(cosines[place])))
        return found

    def _outputs(self, texts: Sequence[str], contexts: Sequence[str] | None) -> list[tuple[int, Outputs]]:
        said = [place for place, text in enumerate(texts) if text.strip()]
        if not said:
            return []
        before = [contexts[place] for place in said] if contexts else None
        read = [self._speller.read(texts[place]) if self._speller else texts[place] for place in said]
        return list(zip(said, self._model(read, before), strict=True))

    def _reading(self, text: str, outputs: Outputs, limit: int | None = None) -> Reading:
        shares, scope = self._shares(outputs), scope_of(outputs["intents"], self._recipe.cosine_scale)
        best = np.argsort(-shares, kind="stable")[:limit]
        ranking = tuple((self.intents[one], float(shares[one])) for one in best)
        outside = self.threshold is not None and scope < self.threshold
        return Reading(ranking, self._spans(text, outputs), scope, outside)

    def _shares(self, outputs: Outputs) -> npt.NDArray[np.floating[Any]]:
        votes = None
        if len(self._labels):
            votes = vote(outputs["similarities"], self._labels, len(self.intents), self._recipe.neighbours)
        return blend(outputs["intents"], votes, self._temperature, self._recipe.neighbour_weight)

    def _spans(self, text: str, outputs: Outputs) -> tuple[Span, ...]:
        if not self.entities:
            return ()
        read, written = self._speller.mended(text) if self._speller else (text, None)
        words = self._model.words(read)
        path = best_path(outputs["tags"][[word.token for word in words]], *self._crf)
        if written:
            words = [Word(written[one.start][0], written[one.end - 1][1], one.token) for one in words]
        return self._scheme.decode(text, words, path)
