"""Made-up interactions in any number, for what grows: their popularity and company are like those of shops.

Accuracy on such data says nothing about people: it only shows that two trainings learned the same.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lam.recommend.history import History

_YEAR = 365 * 86_400.0
_BEGIN = 1_704_067_200.0  # 2024-01-01
# The activity of users and the popularity of items have long tails.
_ACTIVITY, _ZIPF = 1.0, 0.8
# A user's interests, and the share of choices that follows them rather than what everybody takes.
_INTERESTS, _FAITHFUL = 3, 0.8
_PER_TOPIC = 100


@dataclass(frozen=True)
class Size:
    """How many events, users and items are asked for; pairs that repeat make one event of more weight."""

    events: int
    users: int
    items: int


def synthetic(size: Size, seed: int) -> History:
    """Return a history: users have a few interests, items one topic each.

    Users' activity is log-normal (sigma 1), items' popularity a Zipf law of exponent 0.8. Four fifths of the
    choices go to topics that the user is interested in, the rest to all items, both by popularity. 30 million
    events take half a minute and 2 GB.
    """
    rng = np.random.default_rng(seed)
    topics = max(2, size.items // _PER_TOPIC)
    topic_of = rng.integers(topics, size=size.items)
    popularity = 1.0 / np.arange(1, size.items + 1) ** _ZIPF
    # Items of one topic lie together, so that one search in one growing sum draws from any topic.
    order = np.argsort(topic_of, kind="stable")
    sums = np.concatenate([[0.0], np.cumsum(popularity[order])])
    starts = np.searchsorted(topic_of[order], np.arange(topics + 1))

    activity = rng.lognormal(0.0, _ACTIVITY, size.users)
    counts = rng.multinomial(size.events, activity / activity.sum())
    user_at = np.repeat(np.arange(size.users, dtype=np.int32), counts)
    interests = rng.integers(topics, size=(size.users, _INTERESTS))
    topic = interests[user_at, rng.integers(_INTERESTS, size=size.events)]
    faithful = rng.random(size.events) < _FAITHFUL
    low = np.where(faithful, sums[starts[topic]], 0.0)
    high = np.where(faithful, sums[starts[topic + 1]], sums[-1])
    drawn = np.searchsorted(sums, low + rng.random(size.events) * (high - low), side="right") - 1
    item_at = order[np.minimum(drawn, size.items - 1)].astype(np.int32)
    return _history(size, user_at, item_at, _BEGIN + rng.random(size.events) * _YEAR)


def _history(
    size: Size, users: npt.NDArray[np.int32], items: npt.NDArray[np.int32], at: npt.NDArray[np.float64]
) -> History:
    """Return events as a history whose ids sort as their numbers do."""
    digits = len(str(max(size.users, size.items)))
    return History(
        tuple(f"u{one:0{digits}}" for one in range(size.users)),
        tuple(f"i{one:0{digits}}" for one in range(size.items)),
        users,
        items,
        np.ones(len(users), dtype=np.float32),
        at,
    )
