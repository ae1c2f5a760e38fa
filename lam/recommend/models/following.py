"""What comes next: likings of later from those before."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from lam.recommend.history import DAY, History
from lam.recommend.models.base import Encode, Floats, ModelSettings, catalogue
from lam.recommend.models.ease import inverse_of
from lam.recommend.models.linear import LinearModel, expect_few
from lam.recommend.types import Item

# Users whose moments are learned from: the matrix has settled long before, and moments take memory.
_MOST_USERS = 50_000
Places = npt.NDArray[np.int64]


@dataclass(frozen=True)
class FollowingSettings(ModelSettings):
    """What tunes the model.

    Attributes:
        regularization: lambda of the ridge regression.
        memory: half-life of a liking in days.
        trend: half-life of a moment in days: how fast the world forgets.
    """

    regularization: float = 30.0
    memory: float = math.inf
    trend: float = math.inf


class FollowingModel(LinearModel):
    """Ridge regression, with an intercept, of what is liked later on what was liked before.

    B = argmin sum_t w_t |y_t - b - x_t B|² + lambda |B|². A moment t lies before each of a user's events:
    x_t has what was liked until then, faded and scaled; y_t what is liked for the first time from then on.
    That the future is not the past takes the place of EASE's empty diagonal; the intercept b makes the mean
    user the answer to a stranger. After SLIT (Choe et al. 2021, "Session-aware Linear Item-Item Models").
    """

    name: ClassVar[str] = "following"
    settings_class: ClassVar[type[ModelSettings]] = FollowingSettings

    @classmethod
    def fit(
        cls,
        history: History,
        items: Sequence[Item],
        settings: FollowingSettings | None = None,
        seed: int = 0,
        encode: Encode | None = None,
    ) -> Self:
        settings = settings or FollowingSettings()
        every, places = catalogue(history, items)
        expect_few(cls.name, len(every))
        before, after, when = moments(history, settings.memory, seed)
        size = len(every)
        matrix, bias = np.zeros((size, size), dtype=np.float32), np.zeros(size, dtype=np.float32)
        if len(when):
            weights = np.exp2(-(history.now - when) / DAY / settings.trend)
            part, mean = _ridge(before, after, weights, settings.regularization)
            matrix[np.ix_(places, places)], bias[places] = part, mean
        return cls([item.id for item in every], settings, matrix, bias)


def moments(
    history: History, memory: float, seed: int = 0
) -> tuple[sp.csr_matrix, sp.csr_matrix, npt.NDArray[np.float64]]:
    """Return what was liked before and after each moment, and when it was, in seconds since 1970.

    Events of a user at the very same time are one moment, as a basket is.

    Shape: (moments, items), (moments, items) and (moments,)
    """
    user, item, at = _likings(history, seed)
    fresh = np.append(True, (user[1:] != user[:-1]) | (at[1:] != at[:-1]))[: len(user)]
    moment = np.cumsum(fresh) - 1
    when, whose = at[fresh], user[fresh]
    begin, end = np.searchsorted(whose, user), np.searchsorted(whose, user, side="right") - 1
    # A pair's likings in the order of time: each is the last one until the next.
    order = np.lexsort((moment, item, user))
    user, item, at, moment, begin, end = (one[order] for one in (user, item, at, moment, begin, end))
    again = (user[1:] == user[:-1]) & (item[1:] == item[:-1])
    until = np.where(np.append(again, False), np.append(moment[1:], 0), end)[: len(user)]
    rows, source = _ranges(moment + 1, until - moment)
    faded = np.exp2(-(when[rows] - at[source]) / DAY / memory)
    shape = (len(when), len(history.items))
    before = _scaled(sp.csr_matrix((faded.astype(np.float32), (rows, item[source])), shape=shape))
    first = np.flatnonzero(np.append(True, ~again)[: len(user)])
    rows, source = _ranges(begin[first], moment[first] - begin[first] + 1)
    ones = np.ones(len(rows), dtype=np.float32)
    after = sp.csr_matrix((ones, (rows, item[first][source])), shape=shape)
    kept = np.diff(after.indptr) > 0
    return before[kept], after[kept], when[kept]


def _likings(history: History, seed: int) -> tuple[Places, Places, npt.NDArray[np.float64]]:
    """Return user, item and time of all likings, in the order of users and times."""
    chosen = history.weight > 0
    if len(history.users) > _MOST_USERS:
        users = np.random.default_rng(seed).choice(len(history.users), _MOST_USERS, replace=False)
        chosen &= np.isin(history.user_at, users)
    user, item, at = (one[chosen] for one in (history.user_at, history.item_at, history.at))
    order = np.lexsort((item, at, user))
    user, item, at = user[order].astype(np.int64), item[order].astype(np.int64), at[order]
    # An item twice in one basket is there once.
    new = np.append(True, (user[1:] != user[:-1]) | (at[1:] != at[:-1]) | (item[1:] != item[:-1]))[
        : len(user)
    ]
    return user[new], item[new], at[new]


def _ranges(starts: Places, counts: Places) -> tuple[Places, Places]:
    """Return the numbers from each start, `counts` of them, one range behind the other, and whose each is."""
    source = np.repeat(np.arange(len(starts)), counts)
    inside = np.arange(len(source)) - np.repeat(np.cumsum(counts) - counts, counts)
    return starts[source] + inside, source


def _scaled(matrix: sp.csr_matrix) -> sp.csr_matrix:
    """Divide each row by the root of its sum, as `Known.scaled` does."""
    sums = np.asarray(matrix.sum(axis=1)).ravel()
    matrix.data /= np.repeat(np.sqrt(np.maximum(sums, 1e-9)), np.diff(matrix.indptr)).astype(np.float32)
    return matrix


def _ridge(
    before: sp.csr_matrix, after: sp.csr_matrix, weights: npt.NDArray[np.float64], regularization: float
) -> tuple[Floats, Floats]:
    """Return the slopes and the intercept of a weighted ridge regression. Shape: (items, items), (items,)"""
    total = max(float(weights.sum()), 1e-12)
    mean, target = (np.asarray(weights @ one).ravel() / total for one in (before, after))
    weighted = (sp.diags(weights) @ before).T.tocsr()
    gram = (weighted @ before).toarray().astype(np.float64) - total * np.outer(mean, mean)
    cross = (weighted @ after).toarray().astype(np.float64) - total * np.outer(mean, target)
    gram[np.diag_indices_from(gram)] += regularization
    slopes: Floats = inverse_of(gram).astype(np.float32) @ cross.astype(np.float32)
    return slopes, (target - mean @ slopes).astype(np.float32)
