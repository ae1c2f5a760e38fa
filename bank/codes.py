"""One-time codes on their way to customers: an outbox table where a real bank would send a text message."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from bank.model import SentCode
from bank.tables import code as code_table
from bank.tables import customer as customer_table
from lam.storage import Database


def _clock() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class OutboxSender:
    """Sends codes by writing them down; a customer's newer code takes the place of the older."""

    database: Database
    present: Callable[[], datetime] = _clock

    def send(self, customer: str, code: str) -> bool:
        """Send a code; return False when there is no such customer."""
        known = sa.select(customer_table.c.number).where(customer_table.c.number == customer)
        with self.database.write() as connection:
            if connection.execute(known).first() is None:
                return False
            values = {"customer": customer, "code": code, "sent_at": self.present()}
            sent = connection.execute(sa.insert(code_table).values(**values)).inserted_primary_key[0]
            # The newest row stays, or SQLite would give its id again: readers ask for ids above the last.
            older = (code_table.c.customer == customer, code_table.c.id != sent)
            connection.execute(sa.delete(code_table).where(*older))
        return True


def newest(database: Database, after: int = 0) -> list[SentCode]:
    """Return the codes that were sent after the one with this id, oldest first."""
    chosen = sa.select(code_table, customer_table.c.name).join(customer_table).where(code_table.c.id > after)
    with database.read() as connection:
        rows = connection.execute(chosen.order_by(code_table.c.id))
        return [SentCode(row.id, row.customer, row.name, row.code, row.sent_at) for row in rows]
