"""The edge as a process: it stops at once, says why it can't start, and loses nothing when it is killed."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import aiohttp
import pytest

from lam.settings import Settings

from .fake_engine import FakeEngine
from .running import ROOT, Client

SERVE = "from lam.edge import serve; from lam.settings import load_settings; serve(load_settings())"
Start = Callable[[], subprocess.Popen[str]]


@pytest.fixture
def start(settings: Settings, domain: Path, webchat: Path) -> Iterator[Start]:
    names = ("home", "port", "engine_port", "actions_port", "patience_seconds")
    environment = {f"LAM_{name.upper()}": str(getattr(settings, name)) for name in names}
    environment |= {
        "LAM_SESSION_KEY": settings.session_key.reveal(),
        "LAM_ENGINE_KEY": settings.engine_key.reveal(),
    }
    started: list[subprocess.Popen[str]] = []

    def one() -> subprocess.Popen[str]:
        started.append(
            subprocess.Popen(
                [sys.executable, "-c", SERVE],
                cwd=domain.parent,
                env={**os.environ, **environment, "PYTHONPATH": str(ROOT)},
                stderr=subprocess.PIPE,
                text=True,
            )
        )
        return started[-1]

    yield one
    for process in started:
        process.kill()
        process.wait()
        process.stderr.close()


async def alive(client: Client) -> None:
    async with asyncio.timeout(20):
        while True:
            try:
                if (await client.call("GET", "/health/live"))[0] == 200:
                    return
            except aiohttp.ClientError:
                await asyncio.sleep(0.05)


async def test_killed_and_stopped(
    start: Start, settings: Settings, http: aiohttp.ClientSession, engine: FakeEngine
) -> None:
    client = Client(http, f"http://127.0.0.1:{settings.port}")
    process = start()
    await alive(client)
    await client.open()
    engine.delay, client_id = 5.0, str(uuid4())
    first = await client.say("hello", client_id)
    process.kill()
    process.wait()
    engine.delay = 0.0

    process = start()
    await alive(client)
    assert await client.say("hello", client_id) == first
    (answer,) = await client.answers(1)
    assert answer["text"] == "echo: hello"
    async with client.events():
        process.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(process.wait, 5) == 0
    log = await asyncio.to_thread(process.stderr.read)
    assert "lam.edge.access: POST /api/messages 202" in log
    assert "hello" not in log and client.token not in log and "Warning" not in log


async def test_a_busy_port_is_said_in_one_line(
    start: Start, settings: Settings, http: aiohttp.ClientSession
) -> None:
    start()
    await alive(Client(http, f"http://127.0.0.1:{settings.port}"))
    second = start()
    _, errors = await asyncio.to_thread(second.communicate, None, 20)
    assert second.returncode == 1
    assert (
        errors.strip()
        .splitlines()[-1]
        .startswith("lam.settings.SettingError: LAM_HOST, LAM_PORT: expected a free")
    )
