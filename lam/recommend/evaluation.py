"""How good lists are: measures for each user, and intervals over users."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from lam.recommend.types import Taste

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Task:
    """Users whose tastes are known in part, and what they like beyond.

    Attributes:
        tastes: what is revealed, a user each.
        wanted: Shape: (users, items): above 0 where a list should have the item.
        hidden: Shape: (users, items): above 0 where it must not have the item, as what is known already.

    Raises:
        ValueError: the sizes differ, or a user wants nothing.
    """

    tastes: Sequence[Taste]
    wanted: sp.csr_matrix
    hidden: sp.csr_matrix

    def __post_init__(self) -> None:
        if not len(self.tastes) == self.wanted.shape[0] == self.hidden.shape[0]:
            raise ValueError(
                f"Expected as many tastes, wanted and hidden rows, found {len(self.tastes)}, "
                f"{self.wanted.shape[0]} and {self.hidden.shape[0]}."
            )
        if (np.diff(self.wanted.indptr) == 0).any():
            raise ValueError("Expected users who want at least one item each. Leave the others out.")


def top(scores: npt.NDArray[Any], hidden: sp.csr_matrix, count: int) -> Places:
    """Return the best items that aren't hidden, best first; equal scores go by the items' order.

    Args:
        scores: Shape: (users, items)
        hidden: Shape: (users, items)
        count: at most so many; where fewer are left, -1 fills the row.

    Shape of the result: (users, count)
    """
    masked = np.array(scores, dtype=np.float64)
    masked[hidden.nonzero()] = -np.inf
    count = min(count, masked.shape[1])
    order = np.argsort(-masked, axis=1, kind="stable")[:, :count]
    return np.where(np.isneginf(np.take_along_axis(masked, order, axis=1)), -1, order)


def ndcg_at(lists: Places, wanted: sp.csr_matrix) -> Floats:
    """Return each user's normalised discounted cumulative gain (Järvelin, Kekäläinen 2002), gains 0 or 1.

    Args:
        lists: from `top`; their length is the k of NDCG@k.
        wanted: Shape: (users, items), at least one a row.
    """
    hits = _hits(lists, wanted)
    discounts = 1 / np.log2(np.arange(lists.shape[1]) + 2)
    ideal = np.concatenate([[0.0], np.cumsum(discounts)])
    sizes = np.minimum(np.diff(wanted.indptr), lists.shape[1])
    found: Floats = (hits @ discounts) / ideal[sizes]
    return found


def recall_at(lists: Places, wanted: sp.csr_matrix) -> Floats:
    """Return each user's share of wanted items that are in the list."""
    found: Floats = _hits(lists, wanted).sum(axis=1) / np.diff(wanted.indptr)
    return found


def coverage(lists: Places, items: int) -> float:
    """Return the share of the catalogue that is in at least one list."""
    return len(np.unique(lists[lists >= 0])) / items


def interval(values: Floats, seed: int = 0, draws: int = 2000) -> tuple[float, float]:
    """Return the 95 % percentile bootstrap interval of a mean over users (Efron 1979).

    Give the differences of two models to compare them in pairs.
    """
    generator = np.random.default_rng(seed)
    # Multinomial counts instead of drawn places: users² numbers would not fit.
    means = [
        float(generator.multinomial(len(values), np.full(len(values), 1 / len(values))) @ values)
        / len(values)
        for _ in range(draws)
    ]
    low, high = np.quantile(means, (0.025, 0.975))
    return float(low), float(high)


def measures(scores: npt.NDArray[Any], task: Task) -> Mapping[str, Floats]:
    """Return NDCG@10 and Recall@20 of each user."""
    lists = top(scores, task.hidden, 20)
    return {"ndcg@10": ndcg_at(lists[:, :10], task.wanted), "recall@20": recall_at(lists, task.wanted)}


def _hits(lists: Places, wanted: sp.csr_matrix) -> Floats:
    rows = np.repeat(np.arange(len(lists)), lists.shape[1])
    found = np.asarray(wanted[rows, np.maximum(lists, 0).ravel()]).reshape(lists.shape) > 0
    hits: Floats = (found & (lists >= 0)).astype(np.float64)
    return hits
