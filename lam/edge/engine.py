"""The edge's line to the engine and the action server: plain HTTP on loopback, opened by a key."""

import asyncio
from typing import Any

import aiohttp

from lam.conversations import Button, Message, Turn, Utterance
from lam.settings import Settings

# A turn may wait for a slow action, and for the turn before it. Asking again later is harmless: the engine
# knows a message by its id and answers a turn that it has done from the tracker.
TURN_SECONDS = 120.0
READY_SECONDS = 2.0


class EngineUnavailable(Exception):  # noqa: N818
    """No turn came about; the same message may be sent again later.

    Attributes:
        failed: the engine itself says that the turn failed; it was not too slow.
    """

    def __init__(self, reason: str, failed: bool = False) -> None:
        super().__init__(reason)
        self.failed = failed


class TurnRefused(Exception):  # noqa: N818
    """The engine will never take this message."""


class EngineClient:
    """Sends messages to the engine. Make it inside a running event loop; close it at the end."""

    def __init__(self, settings: Settings) -> None:
        self._engine = f"http://127.0.0.1:{settings.engine_port}/webhooks/lam"
        self._actions = f"http://127.0.0.1:{settings.actions_port}/health"
        self._key = {"Authorization": f"Bearer {settings.engine_key.reveal()}"}
        # No limit: turns that wait for a slow engine must not keep the question whether it is ready waiting.
        self._http = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))

    async def turn(self, message: Message) -> Turn:
        """Let the engine answer a message.

        Raises:
            EngineUnavailable: it can't just now.
            TurnRefused: it never will.
        """
        body = {
            "conversation": message.conversation,
            "message": message.client_id,
            "text": message.payload or message.text,
            "trusted": message.payload is not None,
        }
        timeout = aiohttp.ClientTimeout(total=TURN_SECONDS, sock_connect=READY_SECONDS)
        try:
            async with self._http.post(
                f"{self._engine}/message", json=body, headers=self._key, timeout=timeout
            ) as response:
                if response.status == 400:
                    raise TurnRefused(await response.text())
                if response.status != 200:
                    raise EngineUnavailable(
                        f"the engine answered {response.status}", failed=response.status == 503
                    )
                return _turn(await response.json())
        except (aiohttp.ClientError, TimeoutError, ValueError, KeyError, TypeError) as error:
            raise EngineUnavailable(f"{type(error).__name__}: {error}") from error

    async def ready(self) -> dict[str, bool]:
        """Ask whether `engine` and `actions` can serve."""
        engine, actions = await asyncio.gather(
            self._answers(f"{self._engine}/ready", self._key),
            self._answers(self._actions, {}),
        )
        return {"engine": engine, "actions": actions}

    async def close(self) -> None:
        """Close the connections."""
        await self._http.close()

    async def _answers(self, url: str, headers: dict[str, str]) -> bool:
        timeout = aiohttp.ClientTimeout(total=READY_SECONDS)
        try:
            async with self._http.get(url, headers=headers, timeout=timeout) as response:
                return response.status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False


def _turn(body: dict[str, Any]) -> Turn:
    utterances = tuple(
        Utterance(
            timestamp=float(one["timestamp"]),
            text=one.get("text"),
            buttons=tuple(Button(str(b["title"]), str(b["payload"])) for b in one.get("buttons") or ()),
            image=one.get("image"),
            custom=one.get("custom"),
            action=one.get("action"),
        )
        for one in body["answers"]
    )
    return Turn(
        utterances,
        model_id=body.get("model_id"),
        intent=body.get("intent"),
        confidence=body.get("confidence"),
        action=body.get("action"),
    )
