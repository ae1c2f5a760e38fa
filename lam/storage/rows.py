"""Two small things that every store needs."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection


def insert_new(connection: Connection, table: sa.Table, values: dict[str, Any]) -> bool:
    """Insert a row unless a unique key of it is taken.

    On PostgreSQL this waits for a transaction that is just inserting the same key.

    Returns:
        True when the row is new.
    """
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(table).values(**values).on_conflict_do_nothing().inline()
    return bool(connection.execute(statement).rowcount == 1)


def expect_name(what: str, name: str, longest: int) -> str:
    """Return a name that any database can store as it is.

    Raises:
        ValueError: it is empty, too long, or holds control characters or lone surrogates.
    """
    if not 1 <= len(name) <= longest or not name.isprintable():
        raise ValueError(
            f"{what}: expected 1 to {longest} printable characters, found {len(name)}: {name[:40]!r}."
        )
    return name
