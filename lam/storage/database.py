"""One database: an engine and two kinds of transaction, `read()` and `write()`."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine


@dataclass(frozen=True)
class Database:
    """An open database. Threads may share it; each transaction takes a connection of its own."""

    engine: Engine

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that only reads."""
        with self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that may check before it writes.

        On SQLite it takes the writer's lock at once (BEGIN IMMEDIATE), so what was read stays true until
        the commit. On PostgreSQL lock the rows that decide with `SELECT … FOR UPDATE`.
        """
        with self.engine.connect().execution_options(lam_write=True) as connection, connection.begin():
            yield connection

    @property
    def sqlite(self) -> bool:
        """True when this is SQLite, which has no row locks."""
        return bool(self.engine.dialect.name == "sqlite")

    def close(self) -> None:
        """Close all connections that are not in use."""
        self.engine.dispose()


def open_database(url: str) -> Database:
    """Open a database; a SQLite file's folder is made when it is missing. Runs no migration.

    Its errors don't show the values of a statement: they end in logs, and a value may be a one-time code.

    Args:
        url: `sqlite:///FILE` or `postgresql://USER:PASSWORD@HOST:PORT/NAME`.
    """
    parsed = sa.engine.make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return Database(sa.create_engine(url, future=True, pool_pre_ping=True, hide_parameters=True))
    Path(str(parsed.database)).parent.mkdir(parents=True, exist_ok=True)
    # Kept open: SQLite empties the WAL when its last connection closes, at several times a commit's price.
    # 30 s: a writer waits for another one rather than failing.
    engine = sa.create_engine(
        url,
        future=True,
        hide_parameters=True,
        poolclass=sa.pool.QueuePool,
        max_overflow=-1,
        connect_args={"timeout": 30, "check_same_thread": False},
    )
    sa.event.listen(engine, "connect", _prepare_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)
    return Database(engine)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # pysqlite would start transactions late and by itself: we start them, see _begin_sqlite.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    write = connection.get_execution_options().get("lam_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
