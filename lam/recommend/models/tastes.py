"""Tastes and histories as the numbers that models count with."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from lam.recommend.history import DAY, History
from lam.recommend.types import Taste

Floats = npt.NDArray[np.float32]
# What a rejection of an item says of others, beside what a liking does (benchmarks/recommend_study.py).
_REJECTED = 0.1


@dataclass(frozen=True)
class Known:
    """What a model knows of a taste.

    Attributes:
        places: of items. Shape: (known,)
        values: above 0 for likings, below 0 for rejections. Shape: (known,)
    """

    places: npt.NDArray[np.int64]
    values: Floats

    @property
    def likings(self) -> int:
        """How many items are liked."""
        return int((self.values > 0).sum())

    @property
    def scaled(self) -> Floats:
        """The likings divided by the root of their sum, so that long histories don't drown everything else.

        Rejections take no part in that: who turns down much would otherwise like everything less.
        """
        likings = np.maximum(self.values, 0)
        root = np.sqrt(max(float(likings.sum()), 1e-9), dtype=np.float32)
        return np.asarray(likings / root + _REJECTED * np.minimum(self.values, 0), dtype=np.float32)


def strength(confidence: float) -> float:
    """Return how much a confidence counts: 1 for 1, and never 2, however often a liking was shown."""
    return 2 * confidence / (1 + confidence)


def known(
    taste: Taste, places: Mapping[str, int], memory: float = math.inf, most: int | None = None
) -> Known:
    """Return the strengths of a taste's known items.

    Args:
        memory: days after which a liking counts half.
        most: so many at most, the weightiest and of these the newest; all when left out.
    """
    values = {
        places[item]: strength(confidence) * 2.0 ** (-taste.ages.get(item, 0.0) / memory)
        for item, confidence in taste.liked.items()
        if item in places and item not in taste.rejected
    }
    values |= {
        places[item]: -strength(confidence) for item, confidence in taste.rejected.items() if item in places
    }
    if most is not None and len(values) > most:
        ages = {places[item]: age for item, age in taste.ages.items() if item in places}
        weightiest = sorted(values, key=lambda place: (-abs(values[place]), ages.get(place, 0.0)))[:most]
        values = {place: values[place] for place in weightiest}
    return Known(
        np.fromiter(values.keys(), np.int64, len(values)),
        np.fromiter(values.values(), np.float32, len(values)),
    )


def strengths(history: History, memory: float = math.inf, trend: float = math.inf) -> sp.csr_matrix:
    """Return how much each user likes each item. Shape: (users, items)

    A liking fades with `memory` before its user's newest one, and a user's row with `trend` before the
    newest event of all. What was rejected is not liked.

    Args:
        memory, trend: half-lives in days; `inf`: nothing fades.
    """
    latest = last_liked(history)
    found = history.liked.copy()
    if not found.nnz:
        return found
    rows = np.repeat(np.arange(found.shape[0]), np.diff(found.indptr))
    newest = np.full(found.shape[0], -np.inf)
    np.maximum.at(newest, rows, latest.data)
    faded = (newest[rows] - latest.data) / DAY / memory + (history.now - newest[rows]) / DAY / trend
    found.data = (2 * found.data / (1 + found.data) * np.exp2(-faded)).astype(np.float32)
    return _without_rejected(found, history)


def last_liked(history: History) -> sp.csr_matrix:
    """Return when each user liked each item last, in seconds since 1970; empty where never."""
    liked = history.liked
    chosen = history.weight > 0
    keys = history.user_at[chosen].astype(np.int64) * liked.shape[1] + history.item_at[chosen]
    order = np.lexsort((history.at[chosen], keys))
    keys, times = keys[order], history.at[chosen][order]
    ends = np.flatnonzero(np.append(keys[1:] != keys[:-1], True)) if len(keys) else np.zeros(0, dtype=int)
    return sp.csr_matrix((times[ends], liked.indices, liked.indptr), shape=liked.shape)


def _without_rejected(matrix: sp.csr_matrix, history: History) -> sp.csr_matrix:
    if history.rejected.nnz:
        matrix = (matrix - matrix.multiply(history.rejected > 0)).tocsr()
        matrix.eliminate_zeros()
    matrix.sort_indices()
    return matrix


def spread(matrix: sp.csr_matrix, places: npt.NDArray[np.int64], items: int) -> sp.csr_matrix:
    """Return a matrix of a history's items with the columns of a catalogue. Shape: (users, items)"""
    found = sp.csr_matrix(
        (matrix.data, places[matrix.indices], matrix.indptr), shape=(matrix.shape[0], items)
    )
    found.sort_indices()
    return found
