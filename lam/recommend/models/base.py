"""What every recommender model is to the ranking above it."""

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Self, cast

import numpy as np
import numpy.typing as npt

from lam.encoder import ArtifactError, seal, unseal
from lam.recommend.history import History
from lam.recommend.types import Item, Reason, Taste

Floats = npt.NDArray[np.float32]
#: Texts to vectors of length 1. Shape of the result: (texts, width)
Encode = Callable[[Sequence[str]], Floats]

VERSION = 1
_WEIGHTS = "weights.safetensors"
_ITEMS = "items.json"
# A reason whose removal moves a score by less than this is rounding.
_ROUNDING = 1e-6


class ModelError(ValueError):
    """A model can't be fitted or used; the message says what was expected, what was found and what to do."""


@dataclass(frozen=True)
class ModelSettings:
    """What tunes a model; each model has its own subclass, whose fields are JSON numbers and texts."""


class RecommenderModel(ABC):
    """Scores every item for a taste. Fitted models are read-only, and threads may share them.

    Attributes:
        name: in `lam.recommend.models.MODELS`, and of the saved files.
        settings_class: what `fit` takes as settings.
        items: ids in the order of the scores: the catalogue's, then those that only the history knows.
        settings: what it was fitted with.
    """

    name: ClassVar[str]
    settings_class: ClassVar[type[ModelSettings]] = ModelSettings

    def __init__(self, items: Sequence[str], settings: ModelSettings) -> None:
        self.items: tuple[str, ...] = tuple(items)
        self.settings = settings

    @classmethod
    @abstractmethod
    def fit(
        cls,
        history: History,
        items: Sequence[Item],
        settings: Any = None,
        seed: int = 0,
        encode: Encode | None = None,
    ) -> Self:
        """Learn from a history.

        Args:
            items: the catalogue; an item may be untouched, and may have no text.
            settings: of `settings_class`; its defaults when left out.
            seed: the same seed, history and settings give the same model on one machine.
            encode: turns texts into vectors; models that read no texts ignore it, and those that do
                read none without it.

        Raises:
            ModelError: the model can't be made of these.
        """

    @abstractmethod
    def scores(self, taste: Taste) -> Floats:
        """Return a finite score for each item, higher is better, those of the taste included.

        Shape: (items,). An empty taste, or one of unknown items, is that of a stranger.
        """

    def contributions(self, taste: Taste, item: str, most: int = 5) -> tuple[Reason, ...]:
        """Return why an item has its score: what of the taste raises it, the weightiest first.

        Each is weighed by taking it from the taste and scoring again, so what is cited is true by
        construction: without it the score is lower by exactly the weight. Where nothing of the taste
        raises the score, its popularity is the reason, weighed with the score of a stranger.

        Args:
            item: an id among `items`.
            most: of the taste's likings that are weighed, by the model's own first guess.

        Raises:
            KeyError: the model doesn't know the item.
        """
        place, score = self.places[item], self.scores(taste)
        floor = _ROUNDING * max(1.0, float(np.abs(score).max(initial=0.0)))
        reasons = []
        for kind, other in self._suspects(taste, place)[:most]:
            mark = Reason(kind, other, 1.0)  # type: ignore[arg-type]
            weight = float(score[place]) - float(self.scores(taste.without(mark))[place])
            if weight > floor:
                reasons.append(Reason(mark.kind, other, weight))
        if not reasons:
            return (Reason("popular", weight=float(self.scores(Taste())[place])),)
        return tuple(sorted(reasons, key=lambda reason: -reason.weight))

    def _suspects(self, taste: Taste, place: int) -> list[tuple[str, str]]:
        """Return kind and item of what may raise the score of the item at `place`, the likeliest first."""
        known = [("item", other) for other in taste.liked if other in self.places]
        return [*([("words", "")] if taste.words.strip() else []), *known]

    @property
    def vectors(self) -> Floats:
        """Vectors whose cosine says how alike two items are; zeros where the model doesn't know.

        Shape: (items, width)
        """
        return np.zeros((len(self.items), 1), dtype=np.float32)

    @cached_property
    def places(self) -> dict[str, int]:
        """The place of each item in the scores."""
        return {item: place for place, item in enumerate(self.items)}

    def save(self, folder: Path) -> None:
        """Write the model to a new or empty folder: safetensors and JSON, sealed with hashes.

        Raises:
            FileExistsError: the folder holds something.
        """
        from safetensors.numpy import save_file

        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise FileExistsError(f"Expected an empty folder for the model, found files in {folder}.")
        save_file(
            {key: np.ascontiguousarray(value) for key, value in self._arrays().items()}, folder / _WEIGHTS
        )
        (folder / _ITEMS).write_text(json.dumps(self.items, ensure_ascii=False), encoding="utf-8")
        seal(folder, f"recommender-{self.name}", VERSION, {"settings": asdict(self.settings)})

    @classmethod
    def load(cls, folder: Path, encode: Encode | None = None) -> Self:
        """Read a model that `save` wrote.

        Args:
            encode: for the user's words; without it they change nothing.

        Raises:
            ArtifactError: it is of another kind or version, a file is missing or changed, or numbers in it
                aren't finite.
        """
        from safetensors.numpy import load_file

        facts = unseal(folder, f"recommender-{cls.name}", VERSION)
        arrays: dict[str, npt.NDArray[Any]] = load_file(folder / _WEIGHTS)
        broken = [key for key, value in arrays.items() if not np.isfinite(value).all()]
        if broken:
            raise ArtifactError(f"Expected finite numbers in the {cls.name} model, found others in {broken}.")
        items = cast(list[str], json.loads((folder / _ITEMS).read_text(encoding="utf-8")))
        return cls._restore(items, cls.settings_class(**facts["settings"]), arrays, encode)

    @abstractmethod
    def _arrays(self) -> Mapping[str, npt.NDArray[Any]]:
        """Return all that was learned, for `save`."""

    @classmethod
    @abstractmethod
    def _restore(
        cls,
        items: Sequence[str],
        settings: Any,
        arrays: Mapping[str, npt.NDArray[Any]],
        encode: Encode | None,
    ) -> Self:
        """Return the model that `_arrays` describes."""


def catalogue(history: History, items: Sequence[Item]) -> tuple[list[Item], npt.NDArray[np.int64]]:
    """Return all items to score, the catalogue's first, and the place of each item of the history there.

    Raises:
        ModelError: an id is twice in the catalogue.
    """
    every = {item.id: item for item in items}
    if len(every) < len(items):
        twice = next(item.id for at, item in enumerate(items) if item.id in {one.id for one in items[:at]})
        raise ModelError(f"Expected each id once in the catalogue, found {twice!r} twice.")
    for other in history.items:
        every.setdefault(other, Item(other))
    places = {item: place for place, item in enumerate(every)}
    return list(every.values()), np.array([places[item] for item in history.items], dtype=np.int64)
