"""The migrations make exactly the tables that the folders declare."""

from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from importlib.util import find_spec

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from lam.storage import MIGRATIONS, Database, migrate

TABLES = {
    "conversations": ["lam.sessions.tables", "lam.conversations.tables", "lam.engine.tables"],
    "learning": ["lam.feedback.tables", "lam.recommend.tables"],
}


def _declared(folder: str) -> sa.MetaData:
    together = sa.MetaData()
    for module in TABLES[folder]:
        if find_spec(module.rpartition(".")[0]) and find_spec(module):
            for one in vars(import_module(module)).values():
                if isinstance(one, sa.Table):
                    one.to_metadata(together)
    return together


@pytest.mark.parametrize("folder", TABLES)
def test_migrations_equal_the_tables_that_are_declared(database: Database, folder: str) -> None:
    migrate(database, MIGRATIONS / folder)
    declared = _declared(folder)

    def ours(thing: object, name: str, kind: str, reflected: bool, _other: object) -> bool:
        return not (kind == "table" and reflected and name.endswith("_version"))

    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": ours})
        assert compare_metadata(context, declared) == []


@pytest.mark.parametrize("folder", TABLES)
def test_migrating_again_changes_nothing(database: Database, folder: str) -> None:
    migrate(database, MIGRATIONS / folder)
    migrate(database, MIGRATIONS / folder)


def test_both_folders_may_share_a_database(database: Database) -> None:
    for folder in TABLES:
        migrate(database, MIGRATIONS / folder)
    with database.read() as connection:
        assert {"inbox", "rating"} <= set(sa.inspect(connection).get_table_names())


def test_processes_may_migrate_at_once(database: Database) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: migrate(database, MIGRATIONS / "learning"), range(4)))
    with database.read() as connection:
        assert sa.inspect(connection).has_table("rating")
