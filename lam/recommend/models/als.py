"""Matrix factorisation: the library `implicit`'s ALS, served by fold-in."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from lam.recommend.factors import Factors
from lam.recommend.history import History
from lam.recommend.models.base import Encode, Floats, ModelError, ModelSettings, RecommenderModel, catalogue
from lam.recommend.models.foldin import FoldIn
from lam.recommend.models.tastes import known, spread, strengths
from lam.recommend.types import Item, Taste


@dataclass(frozen=True)
class AlsSettings(ModelSettings):
    """What tunes the factorisation.

    Attributes:
        factors: width of the vectors; fewer where there are fewer items or users.
        regularization: lambda.
        alpha: confidence that a strength of 1 adds to the 1 of every item.
        iterations: each solves all users and all items once.
        centred: users shrink toward the mean user; toward zero, as the library has it, when not.
        memory, trend: half-lives in days of a liking and of a user's row; `inf`: nothing fades.
    """

    factors: int = 64
    regularization: float = 10.0
    alpha: float = 1.0
    iterations: int = 15
    centred: bool = True
    memory: float = math.inf
    trend: float = math.inf


class AlsModel(RecommenderModel):
    """score = Y x: factors from the library, the user's vector from the taste (`FoldIn`)."""

    name: ClassVar[str] = "als"
    settings_class: ClassVar[type[ModelSettings]] = AlsSettings

    def __init__(self, items: Sequence[str], settings: AlsSettings, factors: Floats, mean: Floats) -> None:
        super().__init__(items, settings)
        self._memory = settings.memory
        prior = mean if settings.centred else np.zeros_like(mean)
        self._mean, self.foldin = mean, FoldIn(factors, prior, settings.regularization, settings.alpha)

    @classmethod
    def fit(
        cls,
        history: History,
        items: Sequence[Item],
        settings: AlsSettings | None = None,
        seed: int = 0,
        encode: Encode | None = None,
    ) -> Self:
        settings = settings or AlsSettings()
        every, places = catalogue(history, items)
        likes = spread(strengths(history, settings.memory, settings.trend), places, len(every))
        factors, mean = factorise(likes, settings, seed)
        return cls([item.id for item in every], settings, factors, mean)

    @classmethod
    def of(cls, factors: Factors, settings: AlsSettings | None = None) -> Self:
        """Return the model that serves factors from elsewhere, such as Spark's."""
        return cls(factors.items, settings or AlsSettings(), factors.vectors, factors.mean)

    def scores(self, taste: Taste) -> Floats:
        user = self.foldin.user(known(taste, self.places, self._memory))
        found: Floats = self.foldin.factors @ user
        return found

    @property
    def vectors(self) -> Floats:
        return self.foldin.factors

    @cached_property
    def factors(self) -> Factors:
        """What `of` takes."""
        return Factors(self.items, self.foldin.factors, self._mean)

    def _suspects(self, taste: Taste, place: int) -> list[tuple[str, str]]:
        have = known(taste, self.places, self._memory)
        parts = self.foldin.influence(have, place) * (have.values > 0)
        return [("item", self.items[have.places[at]]) for at in np.argsort(-parts) if parts[at] > 0]

    def _arrays(self) -> Mapping[str, npt.NDArray[Any]]:
        return {"factors": self.foldin.factors, "mean": self._mean}

    @classmethod
    def _restore(
        cls,
        items: Sequence[str],
        settings: Any,
        arrays: Mapping[str, npt.NDArray[Any]],
        encode: Encode | None,
    ) -> Self:
        return cls(items, settings, arrays["factors"], arrays["mean"])


def factorise(likes: sp.csr_matrix, settings: AlsSettings, seed: int) -> tuple[Floats, Floats]:
    """Return item factors and the mean user. Shape: (items, width), (width,)

    Args:
        likes: strengths. Shape: (users, items)

    Raises:
        ModelError: the factors aren't finite.
    """
    from implicit.cpu.als import AlternatingLeastSquares

    width = max(1, min(settings.factors, *likes.shape))
    if not likes.nnz:
        return np.zeros((likes.shape[1], width), np.float32), np.zeros(width, np.float32)
    confidences = likes.copy()
    confidences.data = 1 + settings.alpha * confidences.data
    # One thread: the same seed gives the same factors.
    model = AlternatingLeastSquares(
        factors=width, regularization=settings.regularization, iterations=settings.iterations,
        random_state=seed, num_threads=1,
    )  # fmt: skip
    model.fit(confidences, show_progress=False)
    active = np.diff(likes.indptr) > 0
    factors, mean = model.item_factors, model.user_factors[active].mean(axis=0)
    if not (np.isfinite(factors).all() and np.isfinite(mean).all()):
        raise ModelError("ALS diverged: expected finite factors. Raise the regularization, or lower alpha.")
    return np.asarray(factors, dtype=np.float32), np.asarray(mean, dtype=np.float32)
