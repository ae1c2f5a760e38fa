"""The migrations make exactly the tables that the code uses."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from bank import MIGRATIONS
from bank.tables import metadata
from lam.storage import Database, migrate


def test_blank_database_equals_the_metadata(database: Database) -> None:
    migrate(database, MIGRATIONS)
    migrate(database, MIGRATIONS)
    ours = {"include_name": lambda name, kind, _: kind != "table" or name in metadata.tables}
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts=ours)
        assert compare_metadata(context, metadata) == []
