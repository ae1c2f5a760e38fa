"""From scores to a list: diverse, not worn out, with a chance for the new, and with exact propensities."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True)
class RankingSettings:
    """What tunes the ranking.

    Attributes:
        pool: how many of the best eligible items are ranked, in addition to the new ones.
        diversity: in [0, 1): 0 ranks by score alone; near 1 by unlikeness to what stands above alone.
        weariness: how much of the best item's lead an item loses by being shown once, lately, in vain.
        explore: with what probability a place is drawn from all of the pool, the better ones oftener.
        temperature: of that draw; the higher, the more even. Relevance runs from 0 to 1.
        discover: with what probability a place is drawn from the new items alone, each as often as another.

    Raises:
        ValueError: a number is out of its range.
    """

    pool: int = 30
    diversity: float = 0.2
    weariness: float = 0.15
    explore: float = 0.05
    temperature: float = 0.2
    discover: float = 0.02

    def __post_init__(self) -> None:
        shares = min(self.explore, self.discover) >= 0 and self.explore + self.discover < 1
        if not (shares and self.pool >= 1 and 0 <= self.diversity < 1 and self.temperature > 0):
            raise ValueError(
                "Expected a pool from 1, a diversity in [0, 1), a temperature above 0, explore and discover "
                f"from 0 and together below 1; found {self}."
            )
        if self.weariness < 0:
            raise ValueError(f"Expected a weariness from 0, found {self.weariness}.")


@dataclass(frozen=True)
class Choice:
    """One place of a list.

    Attributes:
        item: its place in the scores.
        propensity: with what probability it was chosen here, given what stands above it; the product over
            a list is the probability of that list.
    """

    item: int
    propensity: float


@dataclass(frozen=True)
class Candidates:
    """The items that are ranked. All arrays have the shape (candidates,), and `vectors` (candidates, width).

    Attributes:
        items: places in the scores.
        relevance: from 0 to 1 before weariness.
        vectors: of length 1 or 0; their product says how alike two items are.
        new: whether an item is new.
    """

    items: Places
    relevance: Floats
    vectors: Floats
    new: npt.NDArray[np.bool_]


def candidates(
    scores: npt.ArrayLike,
    eligible: npt.NDArray[np.bool_],
    vectors: npt.NDArray[np.float32],
    new: npt.NDArray[np.bool_],
    shown: Floats,
    settings: RankingSettings,
) -> Candidates:
    """Choose what is ranked: the best eligible items, and the new ones whatever their score.

    Args:
        scores, eligible, new, shown: Shape: (items,). `shown`: how often each was shown lately in vain.
        vectors: Shape: (items, width), of any length; zeros say nothing.
    """
    score = np.asarray(scores, dtype=np.float64)
    open_ = np.flatnonzero(eligible)
    if len(open_) > settings.pool:
        # Of equal scores the first in the catalogue: which ones a partition takes is left open.
        lowest = np.partition(score[open_], -settings.pool)[-settings.pool]
        above, equal = open_[score[open_] > lowest], open_[score[open_] == lowest]
        best = np.concatenate([above, equal[: settings.pool - len(above)]])
        # The new ones may be many: the best of them, so that a call's price has a limit.
        fresh = np.setdiff1d(np.flatnonzero(eligible & new), best)
        fresh = fresh[np.argsort(-score[fresh], kind="stable")[: settings.pool]]
        open_ = np.concatenate([best, fresh])
    # By score and then by place, so that the same scores always give the same list.
    items = open_[np.lexsort((open_, -score[open_]))]
    last = score[items[: settings.pool]].min(initial=np.inf)
    spread = score[items].max(initial=-np.inf) - last
    relevance = np.clip((score[items] - last) / spread, 0, 1) if spread > 0 else np.ones(len(items))
    rows = np.asarray(vectors[items], dtype=np.float64)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    rows = np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 0)
    return Candidates(items, relevance - settings.weariness * shown[items], rows, new[items])


def policy(candidates: Candidates, settings: RankingSettings, above: Sequence[int]) -> Floats:
    """Return with what probability each candidate takes the next place. Shape: (candidates,)

    The best one by maximal marginal relevance (Carbonell and Goldstein 1998) takes it, unless the place is
    drawn from the pool or from what is new.

    Args:
        above: the candidates, as numbers, that have a place already.
    """
    left = np.ones(len(candidates.items), dtype=bool)
    left[list(above)] = False
    marginal = (1 - settings.diversity) * candidates.relevance
    if above:
        alike = candidates.vectors @ candidates.vectors[list(above)].T
        marginal = marginal - settings.diversity * np.clip(alike.max(axis=1), 0, None)
    marginal = np.where(left, marginal, -np.inf)
    draw = np.exp((marginal - marginal.max()) / settings.temperature)
    fresh = left & candidates.new
    discover = settings.discover if fresh.any() else 0.0
    probability: Floats = settings.explore * draw / draw.sum()
    probability[int(np.argmax(marginal))] += 1 - settings.explore - discover
    if discover:
        probability += discover * fresh / fresh.sum()
    return probability


def ranked(
    candidates: Candidates, settings: RankingSettings, count: int, seed: int | Sequence[int]
) -> Iterator[Choice]:
    """Draw a list of at most so many places, the same for the same seed."""
    generator, above = np.random.default_rng(seed), list[int]()
    for _ in range(min(count, len(candidates.items))):
        probability = policy(candidates, settings, above)
        # Cumulative sums end a rounding below 1, where the last candidate may be one that is out.
        drawn = int(np.searchsorted(np.cumsum(probability), generator.random(), side="right"))
        if drawn >= len(probability) or probability[drawn] <= 0:
            drawn = int(np.argmax(probability))
        above.append(drawn)
        yield Choice(int(candidates.items[drawn]), min(float(probability[drawn]), 1.0))
