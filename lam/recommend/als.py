"""Collaborative filtering: implicit-feedback ALS (Hu, Koren, Volinsky 2008) and its own explanations."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
import scipy.sparse as sp

from lam.recommend.types import Recommendation

FACTORS, REGULARIZATION, ITERATIONS, SEED = 8, 0.05, 30, 7
CITED = 1


@dataclass(frozen=True)
class Recommender:
    """A fitted model. Make it with `fit`; it is read-only and may be shared between threads.

    Attributes:
        users, items: ids in the order of the matrix.
        liked: Shape: (users, items), confidences; 0 where nothing is known.
        model: the library's model, None when there was nothing to learn from.
    """

    users: tuple[str, ...]
    items: tuple[str, ...]
    liked: sp.csr_matrix
    model: Any

    @classmethod
    def fit(cls, weights: Iterable[tuple[str, str, float]]) -> Self:
        """Learn from (user, item, weight) rows; rows of one pair add up.

        Raises:
            ValueError: a weight is not a positive, finite number.
        """
        from implicit.cpu.als import AlternatingLeastSquares

        rows = list(weights)
        wrong = next((row for row in rows if not (np.isfinite(row[2]) and row[2] > 0)), None)
        if wrong:
            raise ValueError(
                f"Expected a weight above 0, found {wrong[2]} for {wrong[:2]}. Leave such rows out."
            )
        users = tuple(sorted({user for user, _, _ in rows}))
        items = tuple(sorted({item for _, item, _ in rows}))
        user_at, item_at = {u: i for i, u in enumerate(users)}, {v: i for i, v in enumerate(items)}
        liked = sp.csr_matrix(
            (
                np.array([weight for _, _, weight in rows], dtype=np.float32),
                ([user_at[user] for user, _, _ in rows], [item_at[item] for _, item, _ in rows]),
            ),
            shape=(len(users), len(items)),
        )
        model = None
        if rows:
            # One thread: the same seed gives the same factors, and small problems gain nothing from more.
            model = AlternatingLeastSquares(
                factors=min(FACTORS, len(items)), regularization=REGULARIZATION, iterations=ITERATIONS,
                random_state=SEED, num_threads=1,
            )  # fmt: skip
            model.fit(liked, show_progress=False)
        return cls(users, items, liked, model)

    def recommend(self, user: str, count: int, exclude: Collection[str] = ()) -> list[Recommendation]:
        """Return the best items for a user, without what the user has already; popular ones for a stranger.

        Args:
            user: an id; one that was never seen is a stranger.
            count: at most so many.
            exclude: items that must not appear.
        """
        if user not in self._user_at:
            return self._popular(count, exclude)
        at = self._user_at[user]
        known = set(self.liked[at].indices)
        scores = self.model.item_factors @ self.model.user_factors[at]
        allowed = [i for i in np.argsort(-scores) if i not in known and self.items[i] not in exclude]
        return [
            Recommendation(self.items[i], float(scores[i]), self._because(at, int(i)))
            for i in allowed[:count]
        ]

    def _because(self, user: int, item: int) -> tuple[str, ...]:
        """The user's items that raise the score: the weighted contributions of the paper's section 5."""
        _, contributions, _ = self.model.explain(user, self.liked, item, N=CITED)
        return tuple(self.items[i] for i, score in contributions if score > 0)

    def _popular(self, count: int, exclude: Collection[str]) -> list[Recommendation]:
        lovers = np.asarray((self.liked > 0).sum(axis=0)).ravel()
        # A stable order: equal popularity goes by name.
        allowed = [i for i in np.argsort(-lovers, kind="stable") if self.items[i] not in exclude]
        return [Recommendation(self.items[i], float(lovers[i])) for i in allowed[:count]]

    @cached_property
    def _user_at(self) -> dict[str, int]:
        return {user: at for at, user in enumerate(self.users)}
