"""The store of what users did with items: append-only, in the learning database."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from lam.recommend.events import WEIGHTS, Interaction, taste_of, weight_of
from lam.recommend.history import History
from lam.recommend.influence import capped
from lam.recommend.tables import interaction
from lam.recommend.types import Taste
from lam.storage import Database

# PostgreSQL's driver makes one statement of so many rows, and counts those of its last statement.
_BATCH = 1000
_COLUMNS = [interaction.c[one.name] for one in fields(Interaction)]


class Interactions:
    """Interactions in the learning database. Threads and processes may share it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, events: Iterable[Interaction]) -> int:
        """Append events, all or none; those that are there already change nothing.

        Returns:
            how many were new.
        """
        every, new = list(events), 0
        dialect = sqlite if self._database.sqlite else postgresql
        statement = dialect.insert(interaction).on_conflict_do_nothing().inline()
        with self._database.write() as connection:
            for start in range(0, len(every), _BATCH):
                rows = [vars(event) for event in every[start : start + _BATCH]]
                new += connection.execute(statement, rows).rowcount
        return new

    def history(self, items: Sequence[str] = (), share: float = 1.0) -> History:
        """Return what all users liked and rejected, for a model to learn from.

        Args:
            items: of the catalogue; they come first in the history's items.
            share: how much of an item's popularity one user may make up; see `capped`.
        """
        said = interaction.c.kind.in_([kind for kind, weight in WEIGHTS.items() if weight])
        query = sa.select(*(interaction.c[name] for name in ("user", "item", "kind", "up", "at"))).where(said)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(interaction.c.id))
            weighed = [(user, item, weight_of(kind, up), at) for user, item, kind, up, at in rows]
        return capped(History.from_rows(weighed, items), share)

    def taste(self, user: str, now: datetime, words: str = "") -> Taste:
        """Return what one user liked and rejected; nothing of a stranger. `taste_of` tells how."""
        return taste_of(self.of(user), now, words)

    def of(self, user: str, since: datetime | None = None) -> list[Interaction]:
        """Return the events of one user in the order of their times, impressions included.

        Args:
            since: none that are older.
        """
        query = sa.select(*_COLUMNS).where(interaction.c.user == user)
        if since is not None:
            query = query.where(interaction.c.at >= since)
        return self._read(query.order_by(interaction.c.at, interaction.c.id))

    def _read(self, query: sa.sql.Select) -> list[Interaction]:
        with self._database.read() as connection:
            return [Interaction(**row._mapping) for row in connection.execute(query)]
