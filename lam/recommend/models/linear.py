"""Items that speak for items: what the linear models share."""

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from lam.recommend.models.base import Encode, Floats, ModelError, ModelSettings, RecommenderModel
from lam.recommend.models.tastes import known
from lam.recommend.types import Taste

#: The matrix of a linear model takes items² · 4 bytes: 400 MB at this many.
CAP = 10_000


class LinearModel(RecommenderModel):
    """score = bias + x B, where x has the scaled strengths of a taste.

    Attributes:
        matrix: B; a row is what one liked item says about all. Shape: (items, items)
        bias: what is said to a stranger. Shape: (items,)
    """

    def __init__(self, items: Sequence[str], settings: ModelSettings, matrix: Floats, bias: Floats) -> None:
        super().__init__(items, settings)
        self.matrix, self.bias = matrix, bias

    @property
    def memory(self) -> float:
        """Days after which a liking counts half."""
        found: float = getattr(self.settings, "memory")  # noqa: B009
        return found

    def scores(self, taste: Taste) -> Floats:
        have = known(taste, self.places, self.memory)
        found: Floats = self.bias + have.scaled @ self.matrix[have.places]
        return found

    @property
    def vectors(self) -> Floats:
        return self.matrix

    def _suspects(self, taste: Taste, place: int) -> list[tuple[str, str]]:
        have = known(taste, self.places, self.memory)
        parts = have.values * self.matrix[have.places, place]
        return [("item", self.items[have.places[at]]) for at in np.argsort(-parts) if parts[at] > 0]

    def _arrays(self) -> Mapping[str, npt.NDArray[Any]]:
        return {"matrix": self.matrix, "bias": self.bias}

    @classmethod
    def _restore(
        cls,
        items: Sequence[str],
        settings: Any,
        arrays: Mapping[str, npt.NDArray[Any]],
        encode: Encode | None,
    ) -> Self:
        return cls(items, settings, arrays["matrix"], arrays["bias"])


def expect_few(name: str, items: int) -> None:
    """Refuse a catalogue whose matrix would not fit.

    Raises:
        ModelError: there are more than `CAP` items.
    """
    if items > CAP:
        raise ModelError(
            f"{name}: expected at most {CAP:,} items, found {items:,}: its matrix is items². "
            "Take als or hybrid."
        )
