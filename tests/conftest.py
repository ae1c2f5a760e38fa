"""What all tests share: real databases of either kind, and a clock that stands still."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa

from lam.dialogues import Running, started
from lam.settings import Settings, load_settings
from lam.storage import MIGRATIONS, Database, migrate, open_database
from lam.supervisor.model import train

ROOT = Path(__file__).parents[1]
POSTGRES = "LAM_TEST_POSTGRES_URL"


@pytest.fixture(autouse=True, scope="session")
def _own_environment() -> None:
    """Settings of who runs the tests don't decide what they see."""
    for name in [one for one in os.environ if one.startswith("LAM_") and not one.startswith("LAM_TEST_")]:
        del os.environ[name]


@pytest.fixture(scope="module")
def one_thread() -> Iterator[None]:
    """So small a model is trained many times faster by one thread: several mostly wait for each other."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database: a SQLite file, then one of its own on the PostgreSQL server."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'test.db'}"
    else:
        with postgres_database() as url:
            yield url


@contextmanager
def postgres_database() -> Iterator[str]:
    """Make an empty database on the PostgreSQL server and drop it in the end; without a server, skip."""
    server = os.environ.get(POSTGRES)
    if not server:
        pytest.skip(f"needs a PostgreSQL server: set {POSTGRES}=postgresql://USER@HOST:PORT/NAME")
    name = f"lam_test_{uuid4().hex}"
    admin = sa.create_engine(server, isolation_level="AUTOCOMMIT", future=True)
    with admin.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    try:
        yield sa.engine.make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
        admin.dispose()


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An open, empty database of each kind."""
    opened = open_database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def conversations_database(database: Database) -> Database:
    """A database with the tables of sessions, conversations and tracker."""
    migrate(database, MIGRATIONS / "conversations")
    return database


@pytest.fixture
def learning_database(database: Database) -> Database:
    """A database with the tables of feedback and interactions."""
    migrate(database, MIGRATIONS / "learning")
    return database


class Clock:
    """Settings whose present only moves when it is told to."""

    def __init__(self, **values: object) -> None:
        self._values = {"LAM_NOW": "2026-11-01T12:00:00+00:00", "LAM_SESSION_KEY": "s" * 40} | {
            f"LAM_{name.upper()}": str(value) for name, value in values.items()
        }
        self.settings = load_settings(self._values)

    def forward(self, **delta: float) -> None:
        """Move on, for example `forward(minutes=5)`. Who holds `settings` sees it."""
        now = self.settings.present() + timedelta(**delta)
        object.__setattr__(self.settings, "now", now.isoformat())


@pytest.fixture
def clock() -> Clock:
    """A present that stands still, on 1 November 2026."""
    return Clock(embed_key="e" * 40)


@pytest.fixture
def settings(clock: Clock) -> Settings:
    """The settings that `clock` moves."""
    return clock.settings


@pytest.fixture(scope="session")
def tiny_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a BERT that trains in seconds; it has never read a text."""
    from tests.tiny_encoder import save_tiny_encoder

    return save_tiny_encoder(tmp_path_factory.mktemp("tiny-encoder"))


@pytest.fixture(scope="session")
def model() -> Path:
    """The reference assistant's model; trained when there is none for the present data."""
    return asyncio.run(train(ROOT, print))


@pytest.fixture(scope="session")
def assistant(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The reference assistant with all its processes, on SQLite."""
    with started(ROOT, tmp_path_factory.mktemp("assistant"), model) as running:
        yield running
