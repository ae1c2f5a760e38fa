"""A model whose arithmetic is plain, on catalogues that are drawn: fast, its answer known by heart."""

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pytest

from lam.recommend import Item, Taste
from lam.recommend.history import History
from lam.recommend.models.base import Encode, Floats, ModelSettings, RecommenderModel, catalogue


class Additive(RecommenderModel):
    """Weights between items, drawn: what is liked adds its row, what is rejected takes it away."""

    name = "additive"

    def __init__(self, items: Sequence[str], alike: Floats, popular: Floats) -> None:
        super().__init__(items, ModelSettings())
        self._alike, self._popular = alike, popular

    @classmethod
    def fit(
        cls,
        history: History,
        items: Sequence[Item],
        settings: Any = None,
        seed: int = 0,
        encode: Encode | None = None,
    ) -> Self:
        every, _ = catalogue(history, items)
        random = np.random.default_rng(seed)
        alike = random.random((len(every), len(every)), dtype=np.float32)
        return cls([item.id for item in every], alike, random.random(len(every), dtype=np.float32))

    def scores(self, taste: Taste) -> Floats:
        score = self._popular.copy()
        for sign, said in ((1, taste.liked), (-1, taste.rejected)):
            for item, confidence in said.items():
                if item in self.places:
                    score += np.float32(sign * confidence) * self._alike[self.places[item]]
        return score

    @property
    def vectors(self) -> Floats:
        return self._alike

    def _arrays(self) -> Mapping[str, npt.NDArray[Any]]:
        return {"alike": self._alike, "popular": self._popular}

    @classmethod
    def _restore(
        cls,
        items: Sequence[str],
        settings: Any,
        arrays: Mapping[str, npt.NDArray[Any]],
        encode: Encode | None,
    ) -> Self:
        return cls(items, arrays["alike"], arrays["popular"])


@pytest.fixture
def nothing() -> History:
    """A history without an event."""
    return History.from_rows([])
