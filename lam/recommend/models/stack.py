"""How much each part of the hybrid counts: stacked generalisation (Wolpert 1992), by maximum likelihood."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.optimize
import scipy.sparse as sp

Floats = npt.NDArray[np.float32]

# Of the Gaussian prior over weights, in users: with few users the weights stay near the prior's mean.
_PRIOR_USERS = 10.0
# A part that varies less than this is taken to say the same of all items.
_SAME = 1e-6


@dataclass(frozen=True)
class Weights:
    """Weights of the parts for a stranger and for somebody with a rich history.

    Attributes:
        new, rich: Shape: (parts,). Who likes n items gets new / (1 + n) + rich · n / (1 + n).
        scales: typical size of each part, which its values are divided by. Shape: (parts,)
    """

    new: Floats
    rich: Floats
    scales: Floats

    def at(self, likings: int) -> Floats:
        """Return what the parts' values are multiplied by. Shape: (parts,)"""
        found: Floats = (self.new + likings * self.rich) / (1 + likings) / self.scales
        return found


def fit_weights(
    values: Floats, likings: Sequence[int], wanted: sp.csr_matrix, hidden: sp.csr_matrix,
    personal: npt.NDArray[np.bool_], start: Floats,
) -> Weights:  # fmt: skip
    """Return the weights under which the wanted items are likeliest among those that aren't hidden.

    Maximises the mean over users of the mean log softmax of wanted items, with a Gaussian prior around
    `start`. It is concave: there is one answer.

    Args:
        values: of the parts, a row a user. Shape: (users, parts, items)
        likings: of each user.
        wanted, hidden: Shape: (users, items)
        personal: parts that come from the taste: their weights are never below 0, so that no liking
            counts against what is like it. Shape: (parts,)
        start: the prior's mean. Shape: (parts,)
    """
    scales = scales_of(values)
    count = np.asarray(likings, dtype=np.float32)
    rich = (count / (1 + count))[:, None]
    target = wanted.toarray()
    target /= target.sum(axis=1, keepdims=True)
    masked = hidden.toarray() > 0

    def loss(flat: npt.NDArray[Any]) -> tuple[float, npt.NDArray[np.float64]]:
        new_weights, rich_weights = flat.reshape(2, -1)
        weights = ((1 - rich) * new_weights + rich * rich_weights) / scales
        scores = np.einsum("up,upi->ui", weights.astype(np.float32), values, optimize=True)
        scores[masked] = -np.inf
        scores -= scores.max(axis=1, keepdims=True)
        total = np.log(np.exp(scores).sum(axis=1, keepdims=True))
        logs = np.where(masked, 0, scores - total)
        error = np.exp(scores - total) - target
        slope = np.einsum("ui,upi->up", error, values, optimize=True) / scales
        away: npt.NDArray[np.float64] = flat - np.tile(start, 2)
        users = len(values)
        slopes = np.concatenate([((1 - rich) * slope).sum(axis=0), (rich * slope).sum(axis=0)])
        value = (-(target * logs).sum() + _PRIOR_USERS / 2 * (away @ away)) / users
        return float(value), np.asarray((slopes + _PRIOR_USERS * away) / users, dtype=np.float64)

    bounds = [(0.0, None) if one else (None, None) for one in personal] * 2
    best = scipy.optimize.minimize(
        loss, np.tile(start, 2).astype(np.float64), jac=True, method="L-BFGS-B", bounds=bounds,
        options={"maxiter": 100},
    )  # fmt: skip
    new_weights, rich_weights = best.x.astype(np.float32).reshape(2, -1)
    return Weights(new_weights, rich_weights, scales)


def scales_of(values: Floats) -> Floats:
    """Return the standard deviation of each part; 1 where it says the same of all items. Shape: (parts,)

    Args:
        values: Shape: (users, parts, items)
    """
    if not values.size:
        return np.ones(values.shape[1], dtype=np.float32)
    scales: Floats = values.std(axis=(0, 2)).astype(np.float32)
    scales[scales < _SAME] = 1.0
    return scales
