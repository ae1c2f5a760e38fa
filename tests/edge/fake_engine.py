"""A small engine: a real HTTP server that keeps the channel's contract, and misbehaves when asked to."""

import asyncio
from typing import Any

from aiohttp import web

KEY = "engine-key"
MENU = [{"title": "My balance", "payload": "/balance"}, {"title": "Save", "payload": '/save{"a": 1}'}]
CARDS = {
    "cards": [
        {
            "title": "Linden Saver",
            "text": "2.1 % a year, daily access.",
            "buttons": [{"title": "Tell me more", "payload": "/more"}],
        },
        {"title": "Green Fund", "text": "For the long run.", "buttons": []},
    ]
}


class FakeEngine:
    """Echoes texts. Attributes say how it behaves; `seen` is what reached it, in order."""

    def __init__(self) -> None:
        self.seen: list[dict[str, Any]] = []
        self.turns: dict[tuple[str, str], dict[str, Any]] = {}
        self.delay = 0.0
        self.status = 200
        self.engine_ready = True
        self.actions_ready = True
        self.clock = 1_700_000_000.0
        self.port = 0
        self._runner: web.AppRunner | None = None

    async def start(self, port: int = 0) -> None:
        app = web.Application()
        app.router.add_post("/webhooks/lam/message", self._message)
        app.router.add_get("/webhooks/lam/ready", self._ready)
        app.router.add_get("/health", self._actions)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port or self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _message(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {KEY}":
            return web.json_response({"error": "key"}, status=401)
        body = await request.json()
        self.seen.append(body)
        await asyncio.sleep(self.delay)
        if self.status != 200:
            return web.json_response({"error": "not now"}, status=self.status)
        done = (body["conversation"], body["message"])
        if done not in self.turns:
            self.turns[done] = self._turn(body)
        return web.json_response(self.turns[done])

    def _turn(self, body: dict[str, Any]) -> dict[str, Any]:
        self.clock += 1
        answer: dict[str, Any] = {
            "text": f"echo: {body['text']}",
            "timestamp": self.clock,
            "action": "utter_echo",
        }
        if "menu" in body["text"]:
            answer["buttons"] = MENU
        if "cards" in body["text"]:
            answer["custom"] = CARDS
        if body["text"] == "only cards":
            answer["text"] = ""
        answers = [] if body["text"] == "silence" else [answer]
        return {
            "model_id": "m1",
            "intent": "echo",
            "confidence": 0.9,
            "action": "utter_echo",
            "answers": answers,
        }

    async def _ready(self, _request: web.Request) -> web.Response:
        return web.json_response({}, status=200 if self.engine_ready else 503)

    async def _actions(self, _request: web.Request) -> web.Response:
        return web.json_response({}, status=200 if self.actions_ready else 503)
