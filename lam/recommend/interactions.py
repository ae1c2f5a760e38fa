"""The store of what users did with items: append-only, in the learning database."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from lam.recommend.als import Recommender
from lam.recommend.tables import interaction
from lam.storage import Database, expect_name, insert_new

# How much each kind says about a liking; a rejection says the opposite and is left to the ranking's callers.
WEIGHTS = {"purchase": 4.0, "accept": 3.0, "thumb": 2.0, "click": 1.0, "impression": 0.0, "reject": 0.0}


@dataclass(frozen=True)
class Interaction:
    """What a user did with an item, once.

    Attributes:
        kind: impression, click, accept, reject, purchase or thumb.
        key: names the event; the same again is the same event.

    Raises:
        ValueError: the kind is unknown, or a name can't be stored.
    """

    user: str
    item: str
    kind: str
    at: datetime
    key: str
    conversation: str | None = None

    def __post_init__(self) -> None:
        if self.kind not in WEIGHTS:
            raise ValueError(f"Expected a kind among {', '.join(WEIGHTS)}, found {self.kind!r}.")
        for what, name, longest in (
            ("User", self.user, 64),
            ("Item", self.item, 200),
            ("Key", self.key, 200),
        ):
            expect_name(what, name, longest)


class Interactions:
    """Interactions in the learning database. Threads and processes may share it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, events: Iterable[Interaction]) -> int:
        """Append events, all or none; those that are there already change nothing.

        Returns:
            how many were new.
        """
        with self._database.write() as connection:
            return sum(insert_new(connection, interaction, vars(event)) for event in events)

    def weights(self) -> list[tuple[str, str, float]]:
        """Return (user, item, weight) for everything liked, one row an event, in the order of arrival."""
        query = sa.select(interaction.c.user, interaction.c.item, interaction.c.kind).order_by(
            interaction.c.id
        )
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return [(row.user, row.item, WEIGHTS[row.kind]) for row in rows if WEIGHTS[row.kind] > 0]


def load_recommender(database: Database) -> Recommender:
    """Fit a recommender on all interactions of the learning database."""
    return Recommender.fit(Interactions(database).weights())
