"""Column types that all tables share."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

#: A growing number; SQLite numbers rows by itself only in a column of type INTEGER.
Serial = sa.BigInteger().with_variant(sa.Integer, "sqlite")


class Utc(sa.types.TypeDecorator):  # type: ignore[misc]
    """A moment: aware in Python, stored as UTC without a zone (SQLite knows none)."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Python to database.

        Raises:
            ValueError: the time has no zone, so nobody can say which moment it is.
        """
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"Expected a time with a zone, found {value!r}. Use datetime.now(UTC).")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Database to Python."""
        return None if value is None else value.replace(tzinfo=UTC)
