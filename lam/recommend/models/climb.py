"""From the likeliest weights to those of the best lists: what counts is the top of the list."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from lam.recommend.evaluation import ndcg_at
from lam.recommend.models.stack import Weights

Floats = npt.NDArray[np.float32]

_TOP = 10
# What a part's weight is multiplied by, in turn, and how often all parts have theirs.
_FACTORS = (0.0, 0.5, 0.7, 1.4, 2.0, 3.0)
_ROUNDS = 2
# A step must gain so much NDCG: less is chance.
_LEAST_GAIN = 2e-4
# Users that the steps are judged on.
_USERS = 900


def climb(
    weights: Weights, values: Floats, likings: Sequence[int], wanted: sp.csr_matrix, hidden: sp.csr_matrix,
    seed: int,
) -> Weights:  # fmt: skip
    """Return weights whose lists have a higher NDCG@10, by coordinate ascent (Metzler, Croft 2007).

    Likelihood is about all items, most of which no list has; here each part's weights, for strangers and
    for rich histories alike, are multiplied as long as the measure itself grows.

    Args:
        weights: the start, of `fit_weights` on the same values.
        values, likings, wanted, hidden: as `fit_weights` has them.
    """
    chosen = np.sort(np.random.default_rng(seed).permutation(len(values))[:_USERS])
    wanted, masked = wanted[chosen], hidden[chosen].toarray() > 0
    parts = np.stack([weights.at(likings[user])[:, None] * values[user] for user in chosen])

    def measure(factors: Floats) -> float:
        scores = np.einsum("p,upi->ui", factors, parts, optimize=True)
        scores[masked] = -np.inf
        return float(ndcg_at(_best(scores), wanted).mean())

    factors = np.ones(parts.shape[1], dtype=np.float32)
    best = measure(factors)
    for part in list(range(len(factors))) * _ROUNDS:
        here = factors[part]
        for factor in _FACTORS:
            tried = factors.copy()
            tried[part] = here * factor
            found = measure(tried)
            if found > best + _LEAST_GAIN:
                best, factors = found, tried
    return replace(weights, new=weights.new * factors, rich=weights.rich * factors)


def _best(scores: Floats) -> npt.NDArray[np.int64]:
    """Return the best items of each user, best first. Shape: (users, items) to (users, at most 10)"""
    count = min(_TOP, scores.shape[1])
    found = np.argpartition(-scores, count - 1, axis=1)[:, :count]
    order = np.argsort(-np.take_along_axis(scores, found, axis=1), axis=1, kind="stable")
    return np.take_along_axis(found, order, axis=1)
