"""A store in SQLite or PostgreSQL, and the real processes around a bot that trains in seconds."""

import os
import uuid

import pytest
import sqlalchemy as sa

from lam.storage import open_database


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request, tmp_path):
    """An empty database of its own."""
    if request.param == "sqlite":
        opened = open_database(f"sqlite:///{tmp_path / 'conversations.db'}")
        yield opened
        opened.close()
        return
    url = os.environ.get("LAM_TEST_POSTGRES_URL")
    if not url:
        pytest.skip("LAM_TEST_POSTGRES_URL is not set")
    schema = f"engine_{uuid.uuid4().hex[:8]}"
    admin = sa.create_engine(url, future=True)
    with admin.begin() as connection:
        connection.exec_driver_sql(f"CREATE SCHEMA {schema}")
    opened = open_database(f"{url}?options=-csearch_path%3D{schema}")
    yield opened
    opened.close()
    with admin.begin() as connection:
        connection.exec_driver_sql(f"DROP SCHEMA {schema} CASCADE")
    admin.dispose()
