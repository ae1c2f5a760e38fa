"""Text to intent, entities and "not for me": a trained joint model, served as int8 ONNX."""

import dataclasses
import json
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from lam.encoder import seal, unseal
from lam.encoder.runtime import OnnxModel, Outputs
from lam.encoder.tokens import Word, load_tokenizer
from lam.types import Example, Reading, Span
from lam.understanding.calibration import Judged, blend, calibrate, scope_of
from lam.understanding.neighbours import vote
from lam.understanding.recipe import Recipe
from lam.understanding.spelling import Speller
from lam.understanding.tagging import Scheme, best_path
from lam.understanding.training.split import hold_back

if TYPE_CHECKING:
    from lam.understanding.training.trainer import Progress

KIND = "intent-classifier"
_VERSION = 3
_MODEL, _MEMORY = "model.onnx", "examples.json"


class IntentClassifier:
    """Reads the intent and the entities of texts. Make one with `fit` or `load`; threads may share it."""

    def __init__(self, folder: Path) -> None:
        facts = unseal(folder, KIND, _VERSION)
        self.intents: tuple[str, ...] = tuple(facts["intents"])
        self._recipe = Recipe.of(facts["recipe"])
        self._scheme = Scheme(facts["entities"])
        self._labels = np.array(facts["labels"], dtype=np.int64)
        self._crf = tuple(np.array(one, dtype=np.float32) for one in facts["crf"])
        self._temperature = float(facts["temperature"])
        #: Readings whose scope is below it are outside of what the model was trained for; None: none are.
        self.threshold: float | None = facts["threshold"]
        self._memory = (folder / _MEMORY).read_bytes()
        tokenizer = load_tokenizer(folder)
        self._speller = Speller.load(folder, tokenizer.known_words) if self._recipe.spelling else None
        self._model = OnnxModel(folder / _MODEL, tokenizer)
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
    ) -> "IntentClassifier":
        """Train a model on examples. Needs torch and transformers; nothing else here does.

        Args:
            examples: texts with at least two intents among them, their entities, and their contexts.
            recipe: the hyperparameters; Recipe() when left out.
            progress: is called after each step.
            validation: texts to stop early and to calibrate on, in place of the share of the examples that
                the recipe holds back. They don't vote.
            state: a folder where the training keeps its state, to go on after an interruption.

        Raises:
            ValueError: there are fewer than two intents.
            EncoderError: the encoder can't be used.
        """
        from lam.understanding.training.export import export
        from lam.understanding.training.finetune import fine_tune

        recipe = recipe or Recipe()
        intents = sorted({example.intent for example in examples})
        if len(intents) < 2:
            raise ValueError(f"Expected examples of at least two intents, found {intents}. Add examples.")
        scheme = Scheme(span.label for one in examples for span in one.spans)
        kept, held = hold_back(examples, 0.0 if validation else recipe.validation, recipe.seed)
        judges = [*validation] or [examples[place] for place in held]
        known = [dataclasses.replace(one, spans=()) for one in judges if one.intent in intents]
        model, tokenizer = fine_tune(
            [examples[place] for place in kept], known, intents, scheme, recipe, progress, state
        )
        scratch = tempfile.TemporaryDirectory(prefix="lam-classifier-")
        folder = Path(scratch.name)
        remembered = _remembered(examples) if recipe.neighbours else {}
        memory = [examples[place] for place in remembered]
        export(model, tokenizer, memory, folder / _MODEL)
        tokenizer.save(folder)
        speller = Speller.learn((one.text for one in examples), tokenizer.known_words)
        if recipe.spelling:
            speller.save(folder)
        texts = [[one.text, one.intent, one.context] for one in memory]
        (folder / _MEMORY).write_text(json.dumps(texts, ensure_ascii=False), encoding="utf-8")
        places = {intent: place for place, intent in enumerate(intents)}
        labels = [places[one.intent] for one in memory]
        served = OnnxModel(folder / _MODEL, tokenizer)
        read = [dataclasses.replace(one, text=speller.read(one.text)) for one in judges]
        own = [None] * len(judges) if validation else [remembered.get(place) for place in held]
        judged = _judged(served, read if recipe.spelling else judges, own, places)
        temperature, threshold = calibrate(judged, np.array(labels, dtype=np.int64), recipe)
        facts = {
            "intents": intents,
            "entities": scheme.labels,
            "labels": labels,
            "crf": [one.tolist() for one in model.crf.legal()],  # starts, steps, ends
            "recipe": dataclasses.asdict(recipe),
            "temperature": temperature,
            "threshold": threshold,
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
            shares, scope = self._shares(outputs), scope_of(outputs["intents"], self._recipe.cosine_scale)
            best = np.argsort(-shares, kind="stable")[:limit]
            ranking = tuple((self.intents[one], float(shares[one])) for one in best)
            outside = self.threshold is not None and scope < self.threshold
            readings[place] = Reading(ranking, self._spans(texts[place], outputs), scope, outside)
        return readings

    def nearest(self, text: str, context: str = "", count: int = 5) -> list[tuple[Example, float]]:
        """Return the training examples nearest to a text, with their cosines; none for a blank one."""
        remembered = json.loads(self._memory)
        found: list[tuple[Example, float]] = []
        for _, outputs in self._outputs([text], [context]):
            cosines = outputs.get("similarities", np.zeros(0, np.float32))
            for place in np.argsort(-cosines, kind="stable")[:count]:
                said, intent, before = remembered[place]
                found.append((Example(said, intent, context=before), float(cosines[place])))
        return found

    def _outputs(self, texts: Sequence[str], contexts: Sequence[str] | None) -> list[tuple[int, Outputs]]:
        said = [place for place, text in enumerate(texts) if text.strip()]
        if not said:
            return []
        before = [contexts[place] for place in said] if contexts else None
        read = [self._speller.read(texts[place]) if self._speller else texts[place] for place in said]
        return list(zip(said, self._model(read, before), strict=True))

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


def _remembered(examples: Sequence[Example]) -> dict[int, int]:
    """Return the places of the examples that vote, each with its place among those.

    A text that means the same behind several contexts votes once.
    """
    kept: dict[object, int] = {}
    for place, one in enumerate(examples):
        kept.setdefault((one.text, one.intent) if one.context else place, place)
    return {place: number for number, place in enumerate(kept.values())}


def _judged(
    model: OnnxModel, examples: Sequence[Example], own: Sequence[int | None], places: dict[str, int]
) -> list[Judged]:
    """Return what the served model gives validation texts; none is a neighbour of itself.

    Args:
        model: with the memory.
        examples: the texts; those of unknown intents are outside.
        own: the place of each one in the memory, None when it is not in it.
        places: of the intents.
    """
    if not examples:
        return []
    judged = []
    outputs = model([one.text for one in examples], [one.context for one in examples])
    for one, found, itself in zip(examples, outputs, own, strict=True):
        similarities = found.get("similarities")
        if similarities is not None and itself is not None:
            similarities = similarities.copy()
            similarities[itself] = -1
        judged.append(Judged(found["intents"], similarities, places.get(one.intent)))
    return judged
