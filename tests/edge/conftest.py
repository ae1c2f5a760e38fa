"""The edge with real databases and a fake engine."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest

from lam.sessions import Sessions
from lam.settings import Secret, Settings
from lam.storage import MIGRATIONS, migrate, open_database

from .fake_engine import KEY, FakeEngine
from .running import Client, free_port, running_edge

DOMAIN = """
responses:
  utter_still_working:
    - text: still working
  utter_went_wrong:
    - text: went wrong
"""


class Codes:
    """A sender of one-time codes that keeps them for the test."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []

    def send(self, customer: str, code: str) -> bool:
        self.sent.append((customer, code))
        return True


@pytest.fixture
async def engine() -> AsyncIterator[FakeEngine]:
    fake = FakeEngine()
    await fake.start()
    yield fake
    await fake.stop()


@pytest.fixture
def domain(tmp_path: Path) -> Path:
    path = tmp_path / "domain.yml"
    path.write_text(DOMAIN)
    return path


@pytest.fixture
def webchat(tmp_path: Path) -> Path:
    folder = tmp_path / "webchat"
    folder.mkdir()
    (folder / "index.html").write_text("<!doctype html><title>chat</title>")
    (folder / "chat.js").write_text("export {}")
    (folder / "notes.txt").write_text("not served")
    return folder


@pytest.fixture
async def settings(tmp_path: Path, engine: FakeEngine) -> Settings:
    made = Settings(
        home=tmp_path,
        port=free_port(),
        engine_port=engine.port,
        actions_port=engine.port,
        session_key=Secret("session-key-of-at-least-32-bytes!!"),
        embed_key=Secret("embed-key-of-at-least-32-bytes!!!!"),
        engine_key=Secret(KEY),
        rest_key=Secret("rest-key"),
        patience_seconds=0.3,
    )
    for name in ("conversations", "learning"):
        database = open_database(made.url(name))
        migrate(database, MIGRATIONS / name)
        database.close()
    return made


@pytest.fixture
async def address(settings: Settings, domain: Path, webchat: Path) -> AsyncIterator[str]:
    async with running_edge(settings, domain, webchat) as found:
        yield found


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
async def client(address: str, http: aiohttp.ClientSession) -> Client:
    return await Client(http, address).open()


@pytest.fixture
def codes() -> Codes:
    return Codes()


@pytest.fixture
def sessions(settings: Settings, codes: Codes) -> Sessions:
    """Sessions as an action uses them, over the same database."""
    return Sessions(open_database(settings.url("conversations")), replace(settings), codes)
