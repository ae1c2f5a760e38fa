"""What is hidden from a model so that it can be judged, or learn how to weigh its parts."""

from dataclasses import replace
from typing import Literal

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from lam.recommend.evaluation import Task
from lam.recommend.history import History
from lam.recommend.types import Taste

#: `time`: what all users like after a point in time; `last`: each user's last likings; `users`: what users
#: whom the model has never seen like after their first few.
Split = Literal["time", "last", "users"]

Places = npt.NDArray[np.int64]
# Likings that are revealed of an unseen user: at most so many.
_REVEALED = 10
# Users with fewer distinct likings keep them all under `last`.
_FEWEST = 5


def held_out(
    history: History, split: Split, share: float, seed: int = 0, revealed: int | None = None
) -> tuple[History, Task]:
    """Return what may be learned from, and users with what they like beyond.

    Only an item's first liking is wanted, and what is revealed is hidden from lists: what somebody has
    already is no recommendation. Users who want nothing are left out of the task.

    Args:
        share: of the time, of each user's distinct items, or of the users.
        revealed: first likings that an unseen user shows; 1 to 10 by chance when left out.
    """
    if split == "time":
        start = float(history.at.min()) if len(history.at) else 0.0
        return at_time(history, history.now - share * (history.now - start))
    if split == "last":
        return _last(history, share)
    return _unseen(history, share, seed, revealed)


def at_time(history: History, moment: float) -> tuple[History, Task]:
    """Return what happened before a moment, and what its users like for the first time from then on.

    Args:
        moment: in seconds since 1970.
    """
    before = history.at < moment
    train, later = _events(history, before), _events(history, ~before)
    return train, _task(train, later, [moment] * len(history.users))


def _last(history: History, share: float) -> tuple[History, Task]:
    kept = np.ones(len(history.at), dtype=bool)
    for user in range(len(history.users)):
        events, items = first_likings(history, user)
        if len(items) >= _FEWEST:
            wanted = items[-max(1, round(share * len(items))) :]
            kept[events[np.isin(history.item_at[events], wanted)]] = False
    train, later = _events(history, kept), _events(history, ~kept)
    return train, _task(train, later, _newest(train))


def _unseen(history: History, share: float, seed: int, revealed: int | None) -> tuple[History, Task]:
    generator = np.random.default_rng(seed)
    # Of those with events alone: a history that was cut still names the users who were taken out of it.
    users = np.unique(history.user_at)
    theirs = np.isin(history.user_at, generator.choice(users, round(share * len(users)), replace=False))
    return _events(history, ~theirs), strangers(_events(history, theirs), revealed, seed)


def strangers(history: History, revealed: int | None = None, seed: int = 0) -> Task:
    """Return users of whom the first likings are known, and who want those that came after.

    Args:
        history: of users whom no model has seen.
        revealed: first distinct items that are known; 1 to 10 by chance when left out.
    """
    generator = np.random.default_rng(seed)
    shown = np.zeros(len(history.at), dtype=bool)
    for user in np.unique(history.user_at):
        events, items = first_likings(history, int(user))
        most = min(_REVEALED, len(items) - 1)
        if most >= (revealed or 1):
            first = items[: revealed or int(generator.integers(1, most + 1))]
            shown[events[np.isin(history.item_at[events], first)]] = True
    asked = _events(history, shown)
    return _task(asked, _events(history, ~shown), _newest(asked))


def first_likings(history: History, user: int) -> tuple[Places, Places]:
    """Return a user's likings in the order of time, and the distinct items in that of their first liking."""
    events = history.events_of(user)
    events = events[history.weight[events] > 0]
    events = events[np.argsort(history.at[events], kind="stable")]
    items = np.array(list(dict.fromkeys(history.item_at[events].tolist())), dtype=np.int64)
    return events, items


def shortened(taste: Taste, count: int) -> Taste:
    """Return a taste with its newest likings alone."""
    newest = sorted(taste.liked, key=lambda item: taste.ages.get(item, 0.0))[:count]
    return replace(taste, liked={item: taste.liked[item] for item in newest})


def _events(history: History, chosen: npt.NDArray[np.bool_]) -> History:
    """Return a part of a history with all users and items, so that their places stay."""
    return History(
        history.users, history.items, history.user_at[chosen], history.item_at[chosen],
        history.weight[chosen], history.at[chosen],
    )  # fmt: skip


def _newest(history: History) -> list[float]:
    """Return the time of each user's newest event: the moment at which that user asks."""
    newest = np.zeros(len(history.users))
    np.maximum.at(newest, history.user_at, history.at)
    return [float(time) for time in newest]


def _task(asked: History, later: History, moments: list[float]) -> Task:
    """Return the task of the users who have revealed something and want more."""
    hidden, wanted = asked.liked > 0, later.liked > 0
    wanted = (wanted - wanted.multiply(hidden)).tocsr().astype(np.float32)
    wanted.eliminate_zeros()
    users = np.flatnonzero((np.diff(wanted.indptr) > 0) & (np.diff(hidden.indptr) > 0))
    tastes = [asked.taste_at(int(user), moments[user]) for user in users]
    return Task(tastes, wanted[users], sp.csr_matrix(hidden[users], dtype=np.float32))
