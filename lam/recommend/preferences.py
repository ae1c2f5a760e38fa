"""What users want to be remembered: their goals, and what must not be shown to them again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import sqlalchemy as sa

from lam.recommend.tables import preference
from lam.storage import Database, expect_name, insert_new

PreferenceKind = Literal["goal", "hide", "show"]


@dataclass(frozen=True)
class Preference:
    """What a user wants to be remembered.

    Attributes:
        kind: `goal`: the subject is a goal, by name or in words; `hide`: it is an item that must not be
            shown again; `show`: it may be shown again.
        key: names the event; the same again is the same event.

    Raises:
        ValueError: a name can't be stored.
    """

    user: str
    kind: PreferenceKind
    subject: str
    at: datetime
    key: str
    conversation: str | None = None

    def __post_init__(self) -> None:
        for what, longest in (("user", 64), ("subject", 200), ("key", 200)):
            expect_name(what.capitalize(), getattr(self, what), longest)


class Preferences:
    """Preferences in the learning database, append-only: the latest one of a subject counts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, *preferences: Preference) -> None:
        """Append preferences, all or none; those that are there already change nothing."""
        with self._database.write() as connection:
            for one in preferences:
                insert_new(connection, preference, vars(one))

    def goals(self, user: str) -> list[str]:
        """Return the user's goals, the newest first, each once."""
        return list(dict.fromkeys(subject for kind, subject in self._newest_first(user) if kind == "goal"))

    def hidden(self, user: str) -> frozenset[str]:
        """Return the items that must not be shown to this user."""
        latest: dict[str, str] = {}
        for kind, subject in self._newest_first(user):
            if kind != "goal":
                latest.setdefault(subject, kind)
        return frozenset(subject for subject, kind in latest.items() if kind == "hide")

    def _newest_first(self, user: str) -> list[tuple[str, str]]:
        query = sa.select(preference.c.kind, preference.c.subject).where(preference.c.user == user)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(preference.c.at.desc(), preference.c.id.desc()))
            return [(row.kind, row.subject) for row in rows]
