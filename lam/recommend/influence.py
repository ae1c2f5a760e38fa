"""Limits what one identity can do to the popularity of an item, as a robot's thousand clicks would."""

import math
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from lam.recommend.history import History

_Floats = npt.NDArray[np.float64]
_Places = npt.NDArray[np.int64]


def capped(history: History, share: float) -> History:
    """Return a history in which no user makes up more than a share of an item's popularity.

    First a user's events together, then those with each item, are scaled down to the largest weight at
    which the user has the share, so the others' weights decide how much is much. Where too few others are
    there (fewer than 1 / share), the median item's popularity stands in for the total: a single user may
    lift an unknown item by the share of what is usual. Likings and rejections are limited each for itself.

    After it, for each user u and item i: weight(u, i) <= share * max(total(i), median total of all items).

    Args:
        share: in (0, 1]; at 1 nothing changes.

    Raises:
        ValueError: the share is no share.
    """
    if not 0 < share <= 1:
        raise ValueError(f"Expected a share in (0, 1], found {share}.")
    weight = history.weight.astype(np.float64)
    for sign in (1.0, -1.0):
        events = np.flatnonzero(weight * sign > 0)
        if len(events) and share < 1:
            users, items = history.user_at[events].astype(np.int64), history.item_at[events].astype(np.int64)
            weight[events] = sign * _limited(weight[events] * sign, users, items, share)
    # Rounding down: an event that vanishes in float32 would be no event.
    smallest = np.finfo(np.float32).tiny
    kept = np.sign(weight) * np.maximum(np.abs(weight), smallest)
    return replace(history, weight=kept.astype(np.float32))


def _limited(weight: _Floats, users: _Places, items: _Places, share: float) -> _Floats:
    """Scale weights above 0, first by user, then by user and item. Shapes: (events,)"""
    totals = np.bincount(users, weight).astype(np.float64)
    everybody = np.zeros(len(totals), dtype=np.int64)
    # Of too few users each has as much as the usual one.
    most = _caps(totals, everybody, share, 1.0)
    most = np.maximum(most, np.median(totals[totals > 0]))
    scale = np.divide(most[0], totals, out=np.ones_like(totals), where=totals > most[0])
    weight = weight * scale[users]

    pairs, of_event = np.unique(users * (items.max() + 1) + items, return_inverse=True)
    item_of_pair = pairs % (items.max() + 1)
    by_pair = np.bincount(of_event, weight).astype(np.float64)
    popularity = np.bincount(item_of_pair, by_pair)
    usual = float(np.median(popularity[popularity > 0]))
    limits = _caps(by_pair, item_of_pair, share, usual)[item_of_pair]
    scaled: _Floats = weight * np.minimum(1.0, limits / by_pair)[of_event]
    return scaled


def _caps(weights: _Floats, groups: _Places, share: float, usual: float) -> _Floats:
    """Return the largest cap of each group at which no capped weight is above `share` of their sum.

    The sum of capped weights minus cap / share is concave in the cap and 0 at 0, so it has one other root
    at most. With the k largest weights capped it is (sum of the others) / (1 / share - k), and the right k
    is the first at which the next weight is not above it.

    Args:
        usual: stands in for the sum where that is less.

    Returns:
        caps. Shape: (groups,)
    """
    count = int(groups.max()) + 1
    order = np.lexsort((-weights, groups))
    starts = np.searchsorted(groups[order], np.arange(count))
    ends = np.append(starts[1:], len(weights))
    sums = np.append(0.0, np.cumsum(weights[order]))
    padded = np.append(weights[order], 0.0)
    caps = np.full(count, np.nan)
    for k in range(math.ceil(1 / share)):
        first = np.minimum(starts + k, ends)  # the largest weight that isn't capped
        largest = np.where(first < ends, padded[first], 0.0)
        cap = (sums[ends] - sums[first]) / (1 / share - k)
        caps = np.where(np.isnan(caps) & (cap >= largest), cap, caps)
    return np.maximum(np.nan_to_num(caps), share * usual)
