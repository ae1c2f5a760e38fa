"""Databases: SQLAlchemy engines with safe defaults, transactions, migrations.

SQLite by default, PostgreSQL by URL.
"""

from lam.storage.columns import Serial, Utc
from lam.storage.database import Database, open_database
from lam.storage.migrate import MIGRATIONS, migrate
from lam.storage.rows import expect_name, insert_new

__all__ = ["MIGRATIONS", "Database", "Serial", "Utc", "expect_name", "insert_new", "migrate", "open_database"]
