"""Tickets: what a person of the support team has to look at."""

from datetime import datetime

from lam.storage import Database


class Tickets:
    """Tickets in the learning database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(
        self, conversation: str, customer: str | None, summary: str, key: str, *, now: datetime | None = None
    ) -> str:
        """Open a ticket; the same key again returns the number of the first time.

        Args:
            summary: what it is about, for the person who takes it.
            key: names the wish, such as the id of the turn that asked for it.

        Returns:
            its number, such as `T-000123`.
        """
        raise NotImplementedError
