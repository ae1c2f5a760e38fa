"""Tickets: what a person of the support team has to look at."""

from datetime import UTC, datetime

import sqlalchemy as sa

from lam.feedback.tables import ticket
from lam.storage import Database, expect_name, insert_new


class Tickets:
    """Tickets in the learning database. Threads and processes may share it."""

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

        Raises:
            ValueError: the key isn't 1 to 200 printable characters.
        """
        values = {
            "key": expect_name("Ticket key", key, 200),
            "conversation": conversation,
            "customer": customer,
            "summary": summary,
            "opened_at": now or datetime.now(UTC),
        }
        with self._database.write() as connection:
            insert_new(connection, ticket, values)
            number = connection.execute(sa.select(ticket.c.number).where(ticket.c.key == key)).scalar_one()
        return f"T-{number:06d}"
