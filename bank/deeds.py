"""What was done by which key: who makes a call again, after a failure, learns what it did the first time."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bank.tables import deed as deed_table
from lam.storage import insert_new


def note(connection: Connection, customer: str, key: str, subject: object) -> None:
    """Write down, once for each key, the id of what a call was about; a call without a key leaves no note."""
    if key:
        insert_new(connection, deed_table, {"customer": customer, "key": key, "subject": str(subject)})


def subject_of(connection: Connection, customer: str, key: str) -> str | None:
    """Return the id that was noted for a key, or None."""
    ours = (deed_table.c.customer == customer, deed_table.c.key == key)
    return connection.execute(sa.select(deed_table.c.subject).where(*ours)).scalar()
