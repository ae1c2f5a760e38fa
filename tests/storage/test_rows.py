import pytest
import sqlalchemy as sa

from lam.storage import Database, Serial, expect_name, insert_new

things = sa.Table(
    "thing",
    sa.MetaData(),
    sa.Column("id", Serial, primary_key=True),
    sa.Column("name", sa.String(10), unique=True),
)


def test_insert_new_says_whether_the_row_is_new(database: Database) -> None:
    with database.write() as connection:
        things.metadata.create_all(connection)
        assert insert_new(connection, things, {"name": "one"})
        assert not insert_new(connection, things, {"name": "one"})
        assert insert_new(connection, things, {"name": "two"})
        names = connection.execute(sa.select(things.c.name).order_by(things.c.id)).scalars().all()
    assert names == ["one", "two"]


@pytest.mark.parametrize("name", ["a", "rest:Jörg Müller", "x" * 200])
def test_names_that_any_database_stores(name: str) -> None:
    assert expect_name("Conversation", name, 200) == name


@pytest.mark.parametrize("name", ["", "x" * 201, "a\0b", "a\nb", "\ud800"])
def test_names_that_some_database_would_refuse(name: str) -> None:
    with pytest.raises(ValueError, match="Conversation: expected 1 to 200 printable characters, found"):
        expect_name("Conversation", name, 200)
