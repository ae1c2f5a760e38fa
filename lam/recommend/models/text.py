"""Items whose texts are like those of what is liked, and like what the user says."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt

from lam.recommend.history import History
from lam.recommend.models.base import Encode, Floats, ModelSettings, RecommenderModel, catalogue
from lam.recommend.models.linear import CAP
from lam.recommend.models.tastes import Known, known, spread, strengths
from lam.recommend.models.text_head import learn_head
from lam.recommend.types import Item, Taste

# Likeness below which a text says nothing: it keeps the logarithm finite.
_FLOOR = 1e-3
# Users' words that are remembered as vectors.
_WORDS = 1024


@dataclass(frozen=True)
class TextSettings(ModelSettings):
    """What tunes the text model.

    Attributes:
        power: of the cosine; the higher, the more the nearest neighbours alone count.
        words: likings that the user's words count as.
        memory: days after which a liking counts half.
        epochs: over the histories, in which the head learns; 0: the encoder's own vectors.
    """

    power: float = 6.0
    words: float = 2.0
    memory: float = math.inf
    epochs: int = 0


class TextModel(RecommenderModel):
    """score = log(floor + sum_i strength_i max(0, cos(t_i, t))^power), over liked items and words.

    Rejected items take from the sum. A kernel rather than one mean vector: who likes lamps and plates wants
    no lamp-plates. An item without a text is like nothing.
    """

    name: ClassVar[str] = "text"
    settings_class: ClassVar[type[ModelSettings]] = TextSettings

    def __init__(
        self, items: Sequence[str], settings: TextSettings, texts: Floats, head: Floats, encode: Encode | None
    ) -> None:
        super().__init__(items, settings)
        self._power, self._words, self._memory = settings.power, settings.words, settings.memory
        self._texts, self._head = texts, head
        self._projected = unit(texts @ head) if texts.shape[1] else texts
        self.words_vector = lru_cache(_WORDS)(lambda words: encode([words])[0] if encode else None)

    @classmethod
    def fit(
        cls,
        history: History,
        items: Sequence[Item],
        settings: TextSettings | None = None,
        seed: int = 0,
        encode: Encode | None = None,
    ) -> Self:
        settings = settings or TextSettings()
        every, places = catalogue(history, items)
        texts = item_texts(every, encode)
        head = np.eye(texts.shape[1], dtype=np.float32)
        if settings.epochs and texts.shape[1]:
            likes, rejected = (
                spread(one, places, len(every)) for one in (strengths(history), history.rejected)
            )
            head = learn_head(texts, likes, rejected, settings.epochs, seed)
        return cls([item.id for item in every], settings, texts, head, encode)

    def scores(self, taste: Taste) -> Floats:
        return self.scores_of(known(taste, self.places, self._memory), taste.words)

    def scores_of(self, have: Known, words: str) -> Floats:
        """Return the scores for what is known of a taste. Shape: (items,)"""
        likeness = have.values @ self._similar(have.places)
        said = self.words_vector(words) if words.strip() else None
        if said is not None and self._texts.shape[1]:
            likeness = likeness + self._words * self._kernel(unit(said[None] @ self._head))[0]
        found: Floats = np.log(np.maximum(likeness, 0) + _FLOOR)
        return found

    def spoken(self, words: str) -> Floats:
        """Return how like the items' texts some words are, in standard deviations from the items' mean.

        0 for items without a text, and for all where the words have no vector. Shape: (items,)
        """
        found = np.zeros(len(self.items), dtype=np.float32)
        said = self.words_vector(words) if words.strip() else None
        written = np.abs(self._projected).sum(axis=1) > 0
        if said is not None and written.any():
            cosines = self._projected[written] @ unit(said[None] @ self._head)[0]
            found[written] = (cosines - cosines.mean()) / max(float(cosines.std()), 1e-6)
        return found

    @property
    def vectors(self) -> Floats:
        return self._projected

    def likeness(self, places: npt.NDArray[np.int64], place: int) -> Floats:
        """Return the kernel between some items and one. Shape: (places,)"""
        found: Floats = self._kernel(self._projected[place][None])[0, places]
        return found

    def _similar(self, places: npt.NDArray[np.int64]) -> Floats:
        """Return the kernel between some items and all. Shape: (places, items)"""
        if len(self.items) <= CAP:
            found: Floats = self._all_similar[places]
            return found
        return self._kernel(self._projected[places])

    @cached_property
    def _all_similar(self) -> Floats:
        return self._kernel(self._projected)

    def _kernel(self, rows: Floats) -> Floats:
        cosines = np.maximum(rows @ self._projected.T, 0)
        found: Floats = np.power(cosines, self._power, dtype=np.float32)
        return found

    def _suspects(self, taste: Taste, place: int) -> list[tuple[str, str]]:
        have = known(taste, self.places, self._memory)
        parts = have.values * self.likeness(have.places, place)
        order = [("item", self.items[have.places[at]]) for at in np.argsort(-parts) if parts[at] > 0]
        return [*([("words", "")] if taste.words.strip() else []), *order]

    def _arrays(self) -> Mapping[str, npt.NDArray[Any]]:
        return {"texts": self._texts, "head": self._head}

    @classmethod
    def _restore(
        cls,
        items: Sequence[str],
        settings: Any,
        arrays: Mapping[str, npt.NDArray[Any]],
        encode: Encode | None,
    ) -> Self:
        return cls(items, settings, arrays["texts"], arrays["head"], encode)


def item_texts(items: Sequence[Item], encode: Encode | None) -> Floats:
    """Return the vectors of the items' texts, zeros where there is none. Shape: (items, width)"""
    places = [place for place, item in enumerate(items) if item.text.strip()]
    if encode is None or not places:
        return np.zeros((len(items), 0), dtype=np.float32)
    found = unit(encode([items[place].text for place in places]))
    vectors = np.zeros((len(items), found.shape[1]), dtype=np.float32)
    vectors[places] = found
    return vectors


def unit(vectors: Floats) -> Floats:
    """Return rows of length 1; those of zeros stay. Shape: (rows, width)"""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    found: Floats = (vectors / np.maximum(lengths, 1e-9)).astype(np.float32)
    return found
