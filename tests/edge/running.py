"""A real edge on a free port, in the test's own event loop, and a client that speaks to it."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any
from unittest import mock
from uuid import uuid4

import aiohttp
from sanic import Sanic
from sanic.touchup import TouchUp

from lam.edge import create_app, running
from lam.settings import Settings

ROOT = Path(__file__).parents[2]


_touch_up = TouchUp.run


def _touch_up_once(app: Sanic) -> None:
    """Sanic rewrites its own methods at the first start; a second app in one process finds no source."""
    with suppress(KeyError):
        _touch_up(app)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


async def wait_until(condition: Callable[[], bool], seconds: float = 5) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.01)


@asynccontextmanager
async def running_edge(settings: Settings, domain: Path, webchat: Path) -> AsyncIterator[str]:
    """Start the edge, give its address."""
    app = create_app(settings, domain, webchat)
    listener = socket.create_server(("127.0.0.1", settings.port))
    with mock.patch("sanic.app.TouchUp.run", _touch_up_once):
        async with running(app, listener):
            yield f"http://127.0.0.1:{settings.port}"


class Client:
    """A page's side of the API."""

    def __init__(self, http: aiohttp.ClientSession, address: str) -> None:
        self.http = http
        self.address = address
        self.token = ""
        self.conversation = ""

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    async def call(self, method: str, path: str, **options: Any) -> tuple[int, Any, Any]:
        """Return status, JSON and headers."""
        options.setdefault("headers", self.headers)
        async with self.http.request(method, self.address + path, **options) as response:
            text = await response.text()
            return response.status, json.loads(text) if text else None, response.headers

    async def open(self, **body: Any) -> "Client":
        status, body, _ = await self.call("POST", "/api/session", json=body, headers={})
        assert status == 201, body
        self.token, self.conversation = body["token"], body["conversation"]
        return self

    async def say(self, text: str, client_id: str | None = None) -> tuple[int, Any]:
        body = {"id": client_id or str(uuid4()), "text": text}
        return (await self.call("POST", "/api/messages", json=body))[:2]

    async def press(self, payload: str) -> tuple[int, Any]:
        body = {"id": str(uuid4()), "payload": payload}
        return (await self.call("POST", "/api/messages", json=body))[:2]

    async def lines(self) -> list[dict[str, Any]]:
        status, body, _ = await self.call("GET", "/api/history")
        assert status == 200, body
        return body["lines"]

    @asynccontextmanager
    async def events(self, after: int = 0, headers: dict[str, str] | None = None) -> AsyncIterator["Events"]:
        url = f"{self.address}/api/events?after={after}"
        async with self.http.get(url, headers={**self.headers, **(headers or {})}) as response:
            assert response.status == 200, await response.text()
            yield Events(response)

    async def answers(self, count: int, after: int = 0, seconds: float = 5) -> list[dict[str, Any]]:
        """Wait for so many answers."""
        async with self.events(after) as events:
            return [(await events.next("answer", seconds))["data"] for _ in range(count)]


class Events:
    """A stream of server-sent events."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self.response = response

    async def next(self, name: str | None = None, seconds: float = 5) -> dict[str, Any]:
        """Return the next event of this name: event, id, data."""
        async with asyncio.timeout(seconds):
            while True:
                event = await self._read()
                if name in (None, event["event"]):
                    return event

    async def _read(self) -> dict[str, Any]:
        event: dict[str, Any] = {"event": None, "id": None}
        while True:
            line = (await self.response.content.readline()).decode()
            if not line:
                raise EOFError
            line = line.rstrip("\n")
            if line.startswith(":"):
                continue
            if not line and event["event"]:
                return event
            name, _, value = line.partition(": ")
            if name == "data":
                event["data"] = json.loads(value)
            elif name:
                event[name] = value
