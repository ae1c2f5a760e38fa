"""Matrix factorisation by pairs: the library `implicit`'s BPR (Rendle et al. 2009)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt

from lam.recommend.history import History
from lam.recommend.models.base import Encode, Floats, ModelError, ModelSettings, RecommenderModel, catalogue
from lam.recommend.models.tastes import known, spread, strengths
from lam.recommend.types import Item, Taste

_NEWTON_STEPS = 6


@dataclass(frozen=True)
class BprSettings(ModelSettings):
    """What tunes BPR; the names are the library's, `fold_regularization` is that of a new user's vector."""

    factors: int = 64
    learning_rate: float = 0.05
    regularization: float = 0.01
    iterations: int = 100
    fold_regularization: float = 0.1


class BprModel(RecommenderModel):
    """score = item bias + y x. The library can't fold in, so a user's vector is solved here.

    x maximises sum_i log sigma(x (y_i - mean y)) - lambda |x|²/2 over the liked items, the rejected ones with
    the opposite sign: BPR's own objective, with the mean item for the sampled one.
    """

    name: ClassVar[str] = "bpr"
    settings_class: ClassVar[type[ModelSettings]] = BprSettings

    def __init__(self, items: Sequence[str], settings: BprSettings, factors: Floats, bias: Floats) -> None:
        super().__init__(items, settings)
        self._factors, self._bias = factors, bias
        self._centred = factors - factors.sum(axis=0) / max(len(factors), 1)
        self._penalty = settings.fold_regularization

    @classmethod
    def fit(
        cls,
        history: History,
        items: Sequence[Item],
        settings: BprSettings | None = None,
        seed: int = 0,
        encode: Encode | None = None,
    ) -> Self:
        settings = settings or BprSettings()
        every, places = catalogue(history, items)
        likes = spread(strengths(history), places, len(every))
        ids, width = [item.id for item in every], settings.factors
        if not likes.nnz:
            return cls(ids, settings, np.zeros((len(ids), width), np.float32), np.zeros(len(ids), np.float32))
        from implicit.cpu.bpr import BayesianPersonalizedRanking

        model = BayesianPersonalizedRanking(
            factors=width, learning_rate=settings.learning_rate, regularization=settings.regularization,
            iterations=settings.iterations, random_state=seed, num_threads=1,
        )  # fmt: skip
        model.fit(likes, show_progress=False)
        if not np.isfinite(model.item_factors).all():
            raise ModelError("BPR diverged: expected finite factors. Lower the learning rate.")
        # The library keeps the bias in the last column.
        return cls(ids, settings, model.item_factors[:, :-1].copy(), model.item_factors[:, -1].copy())

    def scores(self, taste: Taste) -> Floats:
        have = known(taste, self.places)
        if not len(have.places):
            return self._bias.copy()
        found: Floats = self._bias + self._factors @ self._user(self._centred[have.places], have.values)
        return found

    @property
    def vectors(self) -> Floats:
        return self._factors

    def _user(self, rows: Floats, values: Floats) -> Floats:
        """Return x by Newton's method; the objective is concave. Shape: (width,)"""
        signed = rows.astype(np.float64) * np.sign(values)[:, None]
        weights = np.abs(values).astype(np.float64)
        x = np.zeros(rows.shape[1])
        for _ in range(_NEWTON_STEPS):
            wrong = 1 / (1 + np.exp(np.clip(signed @ x, -30, 30)))
            slope = signed.T @ (weights * wrong) - self._penalty * x
            curve = (signed.T * (weights * wrong * (1 - wrong))) @ signed
            x = x + np.linalg.solve(curve + self._penalty * np.eye(len(x)), slope)
        return x.astype(np.float32)

    def _arrays(self) -> Mapping[str, npt.NDArray[Any]]:
        return {"factors": self._factors, "bias": self._bias}

    @classmethod
    def _restore(
        cls,
        items: Sequence[str],
        settings: Any,
        arrays: Mapping[str, npt.NDArray[Any]],
        encode: Encode | None,
    ) -> Self:
        return cls(items, settings, arrays["factors"], arrays["bias"])
