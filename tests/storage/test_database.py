import threading

import pytest
import sqlalchemy as sa

from lam.storage import Database

counters = sa.Table("counter", sa.MetaData(), sa.Column("value", sa.Integer))


def test_a_failed_write_leaves_nothing(database: Database) -> None:
    with database.write() as connection:
        counters.metadata.create_all(connection)
    with pytest.raises(RuntimeError), database.write() as connection:
        connection.execute(sa.insert(counters).values(value=1))
        raise RuntimeError
    with database.read() as connection:
        assert connection.execute(sa.select(counters)).all() == []


def test_who_checks_before_writing_checks_alone(database: Database) -> None:
    with database.write() as connection:
        counters.metadata.create_all(connection)
        connection.execute(sa.insert(counters).values(value=0))

    def add() -> None:
        for _ in range(5):
            with database.write() as connection:
                value = connection.execute(sa.select(counters.c.value).with_for_update()).scalar_one()
                connection.execute(sa.update(counters).values(value=value + 1))

    threads = [threading.Thread(target=add) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    with database.read() as connection:
        assert connection.execute(sa.select(counters.c.value)).scalar_one() == 20


def test_an_error_does_not_show_what_was_to_be_stored(database: Database) -> None:
    table = sa.Table(
        "sent", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("code", sa.Text)
    )
    with database.write() as connection:
        table.metadata.create_all(connection)
    with pytest.raises(sa.exc.IntegrityError) as error, database.write() as connection:
        for _ in range(2):
            connection.execute(sa.insert(table).values(id=1, code="482913"))
    assert "INSERT INTO sent" in str(error.value)
    assert "482913" not in str(error.value)


def test_sqlite_files_survive_a_power_cut(database: Database) -> None:
    if not database.sqlite:
        pytest.skip("PRAGMAs belong to SQLite")
    with database.read() as connection:
        found = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous")
        ]
    assert found == ["wal", 2]
