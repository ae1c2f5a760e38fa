"""Items that go together: EASE (Steck 2019, "Embarrassingly Shallow Autoencoders for Sparse Data")."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt
import scipy.linalg
import scipy.sparse as sp

from lam.recommend.history import History
from lam.recommend.models.base import Encode, Floats, ModelError, ModelSettings, catalogue
from lam.recommend.models.linear import LinearModel, expect_few
from lam.recommend.models.tastes import spread, strengths
from lam.recommend.types import Item


@dataclass(frozen=True)
class EaseSettings(ModelSettings):
    """What tunes EASE.

    Attributes:
        regularization: lambda of the paper.
        memory, trend: half-lives in days of a liking and of a user's row; `inf` is the paper's model.
    """

    regularization: float = 100.0
    memory: float = math.inf
    trend: float = math.inf


class EaseModel(LinearModel):
    """Each item from all others: B = argmin |X - XB|² + lambda |B|², diag(B) = 0."""

    name: ClassVar[str] = "ease"
    settings_class: ClassVar[type[ModelSettings]] = EaseSettings

    @classmethod
    def fit(
        cls,
        history: History,
        items: Sequence[Item],
        settings: EaseSettings | None = None,
        seed: int = 0,
        encode: Encode | None = None,
    ) -> Self:
        settings = settings or EaseSettings()
        every, places = catalogue(history, items)
        expect_few(cls.name, len(every))
        likes = spread(strengths(history, settings.memory, settings.trend), places, len(every))
        matrix = ease_matrix(likes, settings.regularization)
        return cls([item.id for item in every], settings, matrix, np.zeros(len(every), dtype=np.float32))


def ease_matrix(likes: sp.csr_matrix, regularization: float) -> Floats:
    """Return the matrix of EASE by its closed form, B = I - P / diag(P), P = (X'X + lambda I)^-1.

    Args:
        likes: X. Shape: (users, items)

    Shape of the result: (items, items)
    """
    gram = (likes.T @ likes).toarray().astype(np.float64)
    gram[np.diag_indices_from(gram)] += regularization
    if not len(gram):
        return np.zeros((0, 0), dtype=np.float32)
    inverse = inverse_of(gram)
    matrix = -inverse / np.diag(inverse)
    np.fill_diagonal(matrix, 0)
    found: Floats = matrix.astype(np.float32)
    return found


def inverse_of(gram: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the inverse of a symmetric positive definite matrix by Cholesky: half the time of a general one.

    Raises:
        ModelError: it isn't positive definite.
    """
    factor, failed = scipy.linalg.lapack.dpotrf(gram, lower=1, clean=0)
    if not failed:
        half, failed = scipy.linalg.lapack.dpotri(factor, lower=1)
    if failed:
        raise ModelError("Expected likings that a matrix can be inverted for. Raise the regularization.")
    lower = np.tril(half)
    found: npt.NDArray[np.float64] = lower + np.tril(lower, -1).T
    return found
