"""Users of the public sets in three parts: to learn from, to choose on, and to judge on."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from benchmarks import recommend_sets as sets
from lam.recommend.history import History
from lam.recommend.holdout import first_likings

_VALIDATION, _TEST, _SEED = 0.1, 0.2, 0

Baskets = list[list[str]]


@dataclass(frozen=True)
class Crowd:
    """The users of a set.

    Attributes:
        train: what a model may learn from.
        validation, test: the distinct items of each other user.
    """

    train: History
    validation: Baskets
    test: Baskets


def retail() -> Crowd:
    """Return the customers of a shop for gifts: a tenth to choose on, a fifth to judge on."""
    history, _ = sets.retail()
    validation, test, train = _drawn(history, _VALIDATION, _TEST)
    return Crowd(_of(history, train), _baskets(history, validation), _baskets(history, test))


def msweb() -> Crowd:
    """Return the visitors of a web site, by the given split; a tenth of its train users to choose on."""
    history, others, _ = sets.msweb()
    validation, _, train = _drawn(history, _VALIDATION, 0)
    return Crowd(
        _of(history, train), _baskets(history, validation), _baskets(others, np.arange(len(others.users)))
    )


CROWDS: dict[str, Callable[[], Crowd]] = {"online-retail": retail, "msweb": msweb}


def _drawn(history: History, first: float, second: float) -> list[npt.NDArray[np.int64]]:
    order = np.random.default_rng(_SEED).permutation(len(history.users))
    return np.split(order, [round(share * len(order)) for share in (first, first + second)])


def _of(history: History, users: npt.NDArray[np.int64]) -> History:
    """Return what some users did, and no trace of the others."""
    kept = np.isin(history.user_at, users)
    new = np.full(len(history.users), -1, dtype=np.int32)
    new[users] = np.arange(len(users), dtype=np.int32)
    return replace(
        history, users=tuple(history.users[user] for user in users), user_at=new[history.user_at[kept]],
        item_at=history.item_at[kept], weight=history.weight[kept], at=history.at[kept],
    )  # fmt: skip


def _baskets(history: History, users: npt.NDArray[np.int64]) -> Baskets:
    return [[history.items[at] for at in first_likings(history, int(user))[1]] for user in users]
