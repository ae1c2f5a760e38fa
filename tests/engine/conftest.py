"""A store in SQLite or PostgreSQL, and the real processes around a bot that trains in seconds."""

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
import uuid
from pathlib import Path

import pytest
import requests
import sqlalchemy as sa

from lam.storage import open_database
from lam.supervisor.environment import quiet_environment
from lam.supervisor.model import train


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


BOT = Path(__file__).parent / "bot"
KEYS = {"LAM_ENGINE_KEY": "engine-key", "LAM_ACTIONS_KEY": "actions-key"}


@pytest.fixture(scope="session")
def model():
    """The test bot's model; trained once for its present data."""
    return asyncio.run(train(BOT, print))


class Processes:
    """A real engine and action server on free ports, to be stopped and killed at will."""

    def __init__(self, home: Path, model: Path) -> None:
        self.home, self.running = home, {}
        self.ports = {"engine": free_port(), "actions": free_port()}
        self.effects, self.slow = home / "effects", home / "slow"
        self.environment = {
            **quiet_environment(),
            **KEYS,
            "LAM_HOME": str(home),
            "LAM_MODEL": str(model),
            "LAM_ENGINE_PORT": str(self.ports["engine"]),
            "LAM_ACTIONS_PORT": str(self.ports["actions"]),
            "COUNT_FILE": str(self.effects),
            "SLOW_FILE": str(self.slow),
        }

    def start(self, name: str) -> None:
        # The engine runs in the project's root, with its endpoints.yml; the actions are the test bot's own.
        folder = BOT if name == "actions" else BOT.parents[2]
        with (self.home / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                [sys.executable, "-m", "lam", name], cwd=folder, env=self.environment, stdout=log, stderr=log
            )
        path = {"engine": "/webhooks/lam/ready", "actions": "/health"}[name]
        self.wait_for(lambda: self.answers(name, path), f"{name}: see {self.home / f'{name}.log'}")

    def kill(self, name: str) -> None:
        self.running[name].kill()
        self.running.pop(name).wait()

    def url(self, name: str, path: str) -> str:
        return f"http://127.0.0.1:{self.ports[name]}{path}"

    def answers(self, name: str, path: str) -> bool:
        assert self.running[name].poll() is None, (self.home / f"{name}.log").read_text()[-3000:]
        try:
            return requests.get(self.url(name, path), timeout=5).status_code == 200
        except requests.ConnectionError:
            return False

    def post(self, text: str, conversation: str, message: str, trusted: bool = False) -> requests.Response:
        body = {"conversation": conversation, "message": message, "text": text, "trusted": trusted}
        return self.raw(json.dumps(body).encode())

    def raw(self, body: bytes, key: str = KEYS["LAM_ENGINE_KEY"]) -> requests.Response:
        return requests.post(
            self.url("engine", "/webhooks/lam/message"),
            data=body,
            headers={"Authorization": f"Bearer {key}"},
            timeout=60,
        )

    @staticmethod
    def wait_for(condition, what: str, seconds: float = 90) -> None:
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, f"waited {seconds} s in vain for {what}"
            time.sleep(0.1)

    def times_run(self, message: str) -> int:
        return self.effects.read_text().split().count(message) if self.effects.exists() else 0


@pytest.fixture(scope="module")
def processes(model, tmp_path_factory):
    """Both processes, ready."""
    both = Processes(tmp_path_factory.mktemp("processes"), model)
    try:
        both.start("actions")
        both.start("engine")
        yield both
    finally:
        for name in list(both.running):
            both.kill(name)


@pytest.fixture
def conversation():
    """A conversation that nobody had before."""
    return uuid.uuid4().hex


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
