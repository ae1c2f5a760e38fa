"""How the sets are cut into what is learned from, what is chosen on and what is judged on."""

from dataclasses import replace
from functools import cache

import numpy as np
import scipy.sparse as sp

from benchmarks.recommend_sets import msweb, retail
from benchmarks.recommend_trials import SEED, Protocol
from lam.recommend.evaluation import Task
from lam.recommend.history import History
from lam.recommend.holdout import at_time, held_out, strangers
from lam.recommend.types import Item

#: Likings that are known of a new user.
REVEALED = (1, 3, 5, 10)
_COLD_SHARE = 0.2


@cache
def retail_time(quick: bool) -> Protocol:
    """The last fifth of the period is the test, the fifth before it the validation."""
    history, items = _retail(quick)
    start = float(history.at.min())
    moments = [start + share * (history.now - start) for share in (0.6, 0.8)]
    train, test = at_time(history, moments[1])
    return Protocol("retail-time", "time", items, at_time(train, moments[0]), (train, {"all": test}))


@cache
def retail_last(quick: bool) -> Protocol:
    """Each user's last 20 % of distinct items are the test, the last 20 % of the others the validation."""
    history, items = _retail(quick)
    train, test = held_out(history, "last", 0.2)
    return Protocol("retail-last", "last", items, held_out(train, "last", 0.2), (train, {"all": test}))


@cache
def retail_strangers(quick: bool) -> Protocol:
    """A fifth of the customers is never seen; of those with more than ten items the first k are known.

    So all k are judged on the same people.
    """
    history, items = _retail(quick)
    train, _ = held_out(history, "users", 0.2, SEED)
    theirs = ~np.isin(history.user_at, np.unique(train.user_at))
    unseen = _many(_part(history, theirs), max(REVEALED))
    tasks = {str(count): strangers(unseen, count) for count in REVEALED}
    return Protocol("retail-strangers", "users", items, held_out(train, "users", 0.2, SEED), (train, tasks))


@cache
def msweb_strangers(quick: bool) -> Protocol:
    """The given test users, of whom the first k visits are known; users of the given train set choose."""
    train, test, items = msweb()
    if quick:
        train = _part(train, train.user_at % 5 == 0)
    tasks = {str(count): strangers(test, count) for count in (2, *REVEALED)}
    return Protocol("msweb", "users", items, held_out(train, "users", 0.15, SEED), (train, tasks))


def cold(history: History, seed: int) -> tuple[History, Task]:
    """Return a history without a fifth of its items, and users who want some: lists have no others."""
    places = np.flatnonzero(np.asarray(history.liked.sum(axis=0)).ravel())
    gone = np.random.default_rng(seed).choice(places, round(_COLD_SHARE * len(places)), replace=False)
    lost = np.isin(history.item_at, gone)
    train, wanted = _part(history, ~lost), _part(history, lost).liked
    users = np.flatnonzero((np.diff(wanted.indptr) > 0) & (np.diff(train.liked.indptr) > 0))
    warm = np.ones(len(history.items), dtype=np.float32)
    warm[gone] = 0
    hidden = sp.csr_matrix(np.tile(warm, (len(users), 1)))
    tastes = [train.taste_at(int(user), float(train.at[train.events_of(int(user))].max())) for user in users]
    return train, Task(tastes, wanted[users], hidden)


def _retail(quick: bool) -> tuple[History, list[Item]]:
    history, items = retail()
    return (_part(history, history.user_at % 5 == 0) if quick else history), items


def _part(history: History, chosen: np.ndarray) -> History:
    return replace(
        history, user_at=history.user_at[chosen], item_at=history.item_at[chosen],
        weight=history.weight[chosen], at=history.at[chosen],
    )  # fmt: skip


def _many(history: History, count: int) -> History:
    """Return the users who have more than so many distinct items."""
    return _part(history, (np.diff(history.liked.indptr) > count)[history.user_at])
