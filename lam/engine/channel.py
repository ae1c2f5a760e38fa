"""The engine's only channel: the edge posts a message and gets the stored answers of its turn."""

import asyncio
import hmac
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from sanic import Blueprint, Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, json

from lam.engine.action_endpoint import ActionFailed
from lam.engine.messages import InvalidMessage, Message, read_message
from lam.engine.prepare import prepare
from lam.engine.turns import reply
from lam.settings import Secret, Settings, load_settings

logger = logging.getLogger(__name__)


class EngineChannel(InputChannel):
    """`POST message`, `GET ready` under /webhooks/lam/, for the holder of the engine key.

    The body is `{"conversation", "message", "text", "trusted"}`: who, the client's id of the message, what,
    and whether the text is the payload of a button that the bot offered. A message that was handled before
    is answered from the tracker. 503 means that nothing was stored: send it again. So does 504, but an action
    that was too slow may have its effect yet.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._agent: Agent | None = None
        self._turns: set[asyncio.Task[tuple[dict[str, Any], int]]] = set()
        if not settings.engine_key:
            logger.warning("LAM_ENGINE_KEY is not set: nobody can speak to this engine. `lam up` sets it.")

    @classmethod
    def name(cls) -> str:
        """The channel's name in URLs and events."""
        return "lam"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> "EngineChannel":
        """Make the channel; what it needs to know is in the settings, not in credentials.yml."""
        return cls(load_settings())

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Return the routes. Rasa's own handler isn't called: it can't tell that a turn failed."""
        blueprint = Blueprint("lam_engine")

        # Functions, because Sanic sets attributes on its handlers.
        @blueprint.get("/ready")
        async def ready(_request: Request) -> HTTPResponse:
            return self._ready()

        @blueprint.post("/message")
        async def message(request: Request) -> HTTPResponse:
            return await self._message(request)

        # Rasa loads the model before the server starts.
        blueprint.listener("after_server_start")(self._start)
        blueprint.listener("before_server_stop")(self._stop)
        return blueprint

    async def _start(self, app: Sanic, _loop: asyncio.AbstractEventLoop) -> None:
        agent: Agent = app.ctx.agent
        if not agent.is_ready():
            logger.error("No model is loaded: this engine answers 503 to everything.")
            return
        prepare(agent, self._settings)
        self._agent = agent

    async def _stop(self, _app: Sanic, _loop: asyncio.AbstractEventLoop) -> None:
        if self._turns:
            await asyncio.wait(self._turns, timeout=5)
        if self._agent is not None:
            await self._agent.action_endpoint.close()

    def _ready(self) -> HTTPResponse:
        if self._agent is None:
            return json({"error": "No model is loaded."}, 503)
        return json({"model_id": self._agent.model_id})

    async def _message(self, request: Request) -> HTTPResponse:
        if not _holds(request, self._settings.engine_key):
            return json({"error": "Expected the engine key as bearer token."}, 401)
        try:
            message = read_message(request.body)
        except InvalidMessage as error:
            return json({"error": str(error)}, 400)
        if self._agent is None:
            return json({"error": "No model is loaded."}, 503)
        turn = asyncio.create_task(self._turn(self._agent, message))
        self._turns.add(turn)
        turn.add_done_callback(self._turns.discard)
        # Sanic cancels the handler when the caller goes away; a turn that has begun is finished and stored.
        body, status = await asyncio.shield(turn)
        return json(body, status)

    async def _turn(self, agent: Agent, message: Message) -> tuple[dict[str, Any], int]:
        try:
            async with agent.lock_store.lock(message.conversation):
                events = await agent.tracker_store.turn(message.conversation, message.id)
                if not events:
                    await agent.processor.handle_message(self._for_rasa(message))
                    events = await agent.tracker_store.turn(message.conversation, message.id)
            return reply(events), 200
        except ActionFailed as failure:
            logger.warning("Conversation %s: turn not stored: %s", message.conversation, failure)
            status = 504 if isinstance(failure.__cause__, TimeoutError) else 503
            return {"error": "An action failed; nothing was stored."}, status
        except Exception:  # a faster engine, a database that was away, a component's bug
            logger.exception("Conversation %s: turn not stored", message.conversation)
            return {"error": "The turn failed; nothing was stored."}, 503

    def _for_rasa(self, message: Message) -> UserMessage:
        return UserMessage(
            message.text, _Silent(), message.conversation, input_channel=self.name(), message_id=message.id
        )


class _Silent(OutputChannel):
    """Sends nothing: the answers are read from the stored turn, so nobody gets one that isn't stored."""

    @classmethod
    def name(cls) -> str:
        return EngineChannel.name()

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Do nothing."""


def _holds(request: Request, key: Secret) -> bool:
    given = request.headers.get("authorization", "").encode("utf-8", "surrogateescape")
    return bool(key) and hmac.compare_digest(given, f"Bearer {key.reveal()}".encode())
