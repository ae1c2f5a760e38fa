"""Databases: SQLAlchemy engines with safe defaults, transactions, migrations. SQLite by default, PostgreSQL by URL."""

from lam.storage.database import Database, open_database
from lam.storage.migrate import migrate

__all__ = ["Database", "migrate", "open_database"]
