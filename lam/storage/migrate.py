"""Numbered migrations with Alembic, run from Python: no ini file, one folder a database."""

from pathlib import Path

from alembic import command
from alembic.config import Config

from lam.storage.database import Database

MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(database: Database, folder: Path, revision: str = "head") -> None:
    """Bring a database to a revision. Safe to run again, and from two processes at once.

    Args:
        database: what to migrate.
        folder: an Alembic script folder; those of lam lie in `MIGRATIONS`.
        revision: the target; the newest by default.
    """
    config = Config()
    config.set_main_option("script_location", str(folder))
    # One Alembic version table a folder, so that databases may share a server, or even a schema.
    config.attributes["version_table"] = f"{folder.name}_version"
    with database.write() as connection:
        if not database.sqlite:
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(4711)")
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
