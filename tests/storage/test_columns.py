from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from lam.storage import Database, Utc

moments = sa.Table("moment", sa.MetaData(), sa.Column("at", Utc))


def _kept(database: Database, at: datetime | None) -> datetime | None:
    with database.write() as connection:
        moments.metadata.create_all(connection)
        connection.execute(sa.delete(moments))
        connection.execute(sa.insert(moments).values(at=at))
    with database.read() as connection:
        return connection.execute(sa.select(moments.c.at)).scalar_one()


def test_a_moment_comes_back_in_utc(database: Database) -> None:
    noon_in_berlin = datetime(2026, 11, 1, 12, tzinfo=timezone(timedelta(hours=1)))
    kept = _kept(database, noon_in_berlin)
    assert kept == noon_in_berlin
    assert kept is not None and kept.tzinfo is UTC


def test_nothing_stays_nothing(database: Database) -> None:
    assert _kept(database, None) is None


def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(sa.exc.StatementError, match="Expected a time with a zone"):
        _kept(database, datetime(2026, 11, 1))


@given(
    at=st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.timezones())
)
@hypothesis_settings(suppress_health_check=list(HealthCheck), deadline=None)
def test_any_moment_survives(at: datetime) -> None:
    dialect = sa.create_engine("sqlite://", future=True).dialect
    column = Utc()
    assert column.process_result_value(column.process_bind_param(at, dialect), dialect) == at.astimezone(UTC)
