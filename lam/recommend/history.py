"""Who liked what and when, as matrices."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from lam.recommend.types import Taste

Floats = npt.NDArray[np.float32]
Indices = npt.NDArray[np.int32]
#: user, item, weight (above 0 a liking, below 0 a rejection), time
Row = tuple[str, str, float, datetime]

DAY = 86_400.0


@dataclass(frozen=True)
class History:
    """Events between users and items, each with its own time, in any order. Read-only.

    Attributes:
        users, items: ids; an index in the arrays is a place here.
        user_at, item_at: Shape: (events,), int32.
        weight: Shape: (events,), float32: above 0 likes, below 0 rejects; never 0.
        at: Shape: (events,), float64, seconds since 1970 in UTC.

    Raises:
        ValueError: arrays of unequal length, a weight or time that is no number, an index out of range.
    """

    users: tuple[str, ...]
    items: tuple[str, ...]
    user_at: Indices
    item_at: Indices
    weight: Floats
    at: npt.NDArray[np.float64]

    def __post_init__(self) -> None:
        lengths = {len(self.user_at), len(self.item_at), len(self.weight), len(self.at)}
        if len(lengths) > 1:
            raise ValueError(f"Expected as many users, items, weights and times, found {sorted(lengths)}.")
        wrong = ~np.isfinite(self.weight) | (self.weight == 0) | ~np.isfinite(self.at)
        if wrong.any():
            first = int(np.argmax(wrong))
            raise ValueError(
                f"Event {first}: expected a finite weight other than 0 and a time, "
                f"found {self.weight[first]} and {self.at[first]}. Leave such events out."
            )
        for name, indices, ids in (("user", self.user_at, self.users), ("item", self.item_at, self.items)):
            if len(indices) and not 0 <= indices.min() <= indices.max() < len(ids):
                raise ValueError(f"Expected {name} indices below {len(ids)}, found up to {indices.max()}.")

    @classmethod
    def from_rows(cls, rows: Iterable[Row], items: Sequence[str] = ()) -> Self:
        """Return the history of (user, item, weight, time) rows; those of one pair add up.

        Args:
            items: of a catalogue, which come first in `items`, in this order, touched or not. Those that
                only the rows know follow by name.

        Raises:
            ValueError: a weight is no finite number or 0, or a time has no zone.
        """
        rows = list(rows)
        naive = next((row for row in rows if row[3].tzinfo is None), None)
        if naive:
            raise ValueError(f"Expected times with a zone, found {naive[3]} for {naive[:2]}. Use UTC.")
        users = tuple(sorted({row[0] for row in rows}))
        known = dict.fromkeys(items)
        every = (*known, *sorted({row[1] for row in rows} - known.keys()))
        user_at = {user: place for place, user in enumerate(users)}
        item_at = {item: place for place, item in enumerate(every)}
        return cls(
            users,
            every,
            np.array([user_at[row[0]] for row in rows], dtype=np.int32),
            np.array([item_at[row[1]] for row in rows], dtype=np.int32),
            np.array([row[2] for row in rows], dtype=np.float32),
            np.array([row[3].timestamp() for row in rows], dtype=np.float64),
        )

    @cached_property
    def liked(self) -> sp.csr_matrix:
        """Summed positive weights. Shape: (users, items)"""
        return self._matrix(np.where(self.weight > 0, self.weight, 0))

    @cached_property
    def rejected(self) -> sp.csr_matrix:
        """Summed weights of rejections, as numbers above 0. Shape: (users, items)"""
        return self._matrix(np.where(self.weight < 0, -self.weight, 0))

    @cached_property
    def now(self) -> float:
        """The time of the last event, in seconds since 1970; 0 without any."""
        return float(self.at.max()) if len(self.at) else 0.0

    @cached_property
    def user_places(self) -> dict[str, int]:
        """The row of each user."""
        return {user: place for place, user in enumerate(self.users)}

    def decayed(self, half_life: float) -> sp.csr_matrix:
        """Return summed positive weights that halve with age. Shape: (users, items)

        Args:
            half_life: in days, counted back from the last event; `inf`: nothing fades.
        """
        fading = np.exp2(-(self.now - self.at) / DAY / half_life).astype(np.float32)
        return self._matrix(np.where(self.weight > 0, self.weight, 0) * fading)

    def taste(self, user: str, now: datetime | None = None) -> Taste:
        """Return what the history says about a user; nothing for a stranger.

        Args:
            now: what ages are counted from; the last event when left out.
        """
        place = self.user_places.get(user)
        if place is None:
            return Taste()
        return self.taste_at(place, self.now if now is None else now.astimezone(UTC).timestamp())

    def taste_at(self, place: int, until: float) -> Taste:
        """Return what the history says about the user at a place.

        Args:
            until: what ages are counted from, in seconds since 1970.
        """
        ages: dict[str, float] = {}
        for event in self.events_of(place):
            if self.weight[event] > 0:
                item, age = self.items[self.item_at[event]], max(until - self.at[event], 0.0) / DAY
                ages[item] = min(age, ages.get(item, age))
        return Taste(self._row(self.liked, place), self._row(self.rejected, place), ages=ages)

    def events_of(self, place: int) -> npt.NDArray[np.int64]:
        """Return the indices of a user's events, in the order of the arrays."""
        order, starts = self._by_user
        return order[starts[place] : starts[place + 1]]

    def _row(self, matrix: sp.csr_matrix, place: int) -> dict[str, float]:
        row = slice(matrix.indptr[place], matrix.indptr[place + 1])
        return {
            self.items[at]: float(value)
            for at, value in zip(matrix.indices[row], matrix.data[row], strict=True)
        }

    @cached_property
    def _by_user(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        order = np.argsort(self.user_at, kind="stable")
        return order, np.searchsorted(self.user_at[order], np.arange(len(self.users) + 1))

    def _matrix(self, values: npt.NDArray[Any]) -> sp.csr_matrix:
        found = sp.csr_matrix(
            (values.astype(np.float32), (self.user_at, self.item_at)),
            shape=(len(self.users), len(self.items)),
        )  # coordinates of one pair are summed
        found.eliminate_zeros()
        found.sort_indices()
        return found
