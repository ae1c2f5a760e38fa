"""A user's vector from a taste, solved at the moment of asking: no retraining.

Implicit-feedback ALS (Hu, Koren, Volinsky 2008) shrinks a user toward zero, that is toward liking nothing;
here the shrinking goes toward a prior, the mean user, pulled toward what the words say:
(Y'CY + lambda I) x = Y'Cp + lambda x_prior.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import scipy.linalg

from lam.recommend.models.tastes import Floats, Known


@dataclass(frozen=True)
class FoldIn:
    """Item factors, and what a solve needs of them. Read-only; threads may share it.

    Attributes:
        factors: Y. Shape: (items, width)
        mean: the mean user. Shape: (width,)
        regularization: lambda, above 0.
        alpha: confidence that a strength adds to the 1 that every item has.

    Raises:
        ValueError: a number isn't finite, or lambda or alpha isn't above 0.
    """

    factors: Floats
    mean: Floats
    regularization: float
    alpha: float

    def __post_init__(self) -> None:
        if not (np.isfinite(self.factors).all() and np.isfinite(self.mean).all()):
            raise ValueError("Expected finite factors, found NaN or infinity. Raise the regularization.")
        if not (self.regularization > 0 and self.alpha > 0):
            raise ValueError(
                f"Expected regularization and alpha above 0, found {self.regularization} and {self.alpha}."
            )

    def user(self, known: Known, words: Floats | None = None) -> Floats:
        """Return x for a taste. Shape: (width,)

        A rejection is preference 0 with a liking's confidence, where what nobody touched is preference 0
        with confidence 1: it is known, not assumed. Below 0 it would push away all that is like the item,
        and simulated users then wait longer than if it were only hidden (benchmarks/recommend_study.py).

        Args:
            words: the factors that an item would have whose text is what the user said; it counts as one
                liked item in the prior. Shape: (width,)
        """
        prior = self.mean if words is None else self._solve(words[None], np.ones(1, np.float32), self.mean)
        if not len(known.places):
            return prior
        return self._solve(self.factors[known.places], known.values, prior)

    def influence(self, known: Known, place: int) -> Floats:
        """Return what each known item adds to the score of the item at `place`, exactly. Shape: (known,)

        x is a sum over what is known, x = A^-1 (lambda x_prior + sum c_i p_i y_i), so the score is one too;
        rejections are in A alone.
        """
        rows, extra = self.factors[known.places], self.alpha * np.abs(known.values)
        inverse = np.linalg.inv(self._base + (rows.T * extra) @ rows)
        found: Floats = ((rows @ inverse) @ self.factors[place]) * (1 + extra) * (known.values > 0)
        return found

    def _solve(self, rows: Floats, values: Floats, prior: Floats) -> Floats:
        """Solve for rows of Y with their strengths; by the smaller of two systems.

        With fewer rows than factors, Woodbury's identity leaves one equation a row.
        """
        extra = self.alpha * np.abs(values)
        right = rows.T @ ((1 + extra) * (values > 0)) + self.regularization * prior
        if len(rows) >= self.factors.shape[1]:
            found = scipy.linalg.solve(
                self._base + (rows.T * extra) @ rows, right, assume_a="pos", check_finite=False
            )
            return np.asarray(found, dtype=np.float32)
        narrow = rows @ self._inverse
        small = narrow @ rows.T
        small[np.diag_indices_from(small)] += 1 / extra
        inner = scipy.linalg.solve(small, narrow @ right, assume_a="pos", check_finite=False)
        return np.asarray(self._inverse @ right - narrow.T @ inner, dtype=np.float32)

    @cached_property
    def _base(self) -> npt.NDArray[np.float64]:
        """Y'Y + lambda I. In double precision: Woodbury takes differences of near numbers."""
        factors = self.factors.astype(np.float64)
        found: npt.NDArray[np.float64] = factors.T @ factors
        return found + self.regularization * np.eye(len(found))

    @cached_property
    def _inverse(self) -> npt.NDArray[np.float64]:
        found: npt.NDArray[np.float64] = np.linalg.inv(self._base)
        return found
