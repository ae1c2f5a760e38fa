"""The edge as a Sanic app."""

import asyncio
import logging
from pathlib import Path
from time import monotonic
from typing import Any
from uuid import uuid4

from sanic import Request, Sanic
from sanic.response import BaseHTTPResponse

from lam.conversations import Conversations
from lam.edge.api import api
from lam.edge.dispatcher import Dispatcher
from lam.edge.engine import EngineClient
from lam.edge.errors import StrictRequest, respond
from lam.edge.events import events
from lam.edge.health import health
from lam.edge.limits import Limiter
from lam.edge.page import make_page
from lam.edge.rest import rest
from lam.edge.services import Services
from lam.edge.wakes import Wakes
from lam.edge.words import read_words
from lam.feedback import Feedback
from lam.sessions import Sessions
from lam.settings import SettingError, Settings
from lam.storage import open_database

access = logging.getLogger("lam.edge.access")

BODY_BYTES = 64 * 1024

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: https:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def create_app(
    settings: Settings, domain: Path = Path("domain.yml"), webchat: Path = Path("webchat")
) -> Sanic:
    """Make the edge. Its databases must be migrated.

    Args:
        settings: addresses, keys, limits.
        domain: the Rasa domain that has the edge's own sentences.
        webchat: the folder of the chat page.

    Raises:
        SettingError: a key or a sentence is missing.
    """
    if not settings.session_key:
        raise SettingError("LAM_SESSION_KEY: expected a secret, found none. `lam up` makes one.")
    words = read_words(domain)
    # Sanic keeps a list of its apps by name; a process, such as a test's, may have several of ours.
    app = Sanic(f"edge_{uuid4().hex}", request_class=StrictRequest, configure_logging=False)
    app.config.update(
        REQUEST_MAX_SIZE=BODY_BYTES,
        REQUEST_TIMEOUT=20,
        ACCESS_LOG=False,
        FALLBACK_ERROR_FORMAT="json",
    )
    for part in (api, events, rest, health, make_page(webchat)):
        app.blueprint(part)
    app.error_handler.add(Exception, respond)
    app.register_middleware(_started, "request")
    app.register_middleware(_finish, "response")

    async def start(app: Sanic, _loop: Any) -> None:
        app.ctx.databases = [open_database(settings.url(name)) for name in ("conversations", "learning")]
        conversations = Conversations(app.ctx.databases[0])
        engine, wakes = EngineClient(settings), Wakes()
        app.ctx.services = Services(
            settings=settings,
            words=words,
            sessions=Sessions(app.ctx.databases[0], settings),
            conversations=conversations,
            feedback=Feedback(app.ctx.databases[1]),
            wakes=wakes,
            limiter=Limiter(settings.messages_per_minute),
            engine=engine,
            dispatcher=Dispatcher(settings, conversations, engine, wakes, words),
        )
        await app.ctx.services.dispatcher.resume()

    async def stop(app: Sanic, _loop: Any) -> None:
        edge: Services = app.ctx.services
        edge.stopping = True
        edge.wakes.wake_all()
        await edge.dispatcher.close()
        await edge.engine.close()

    async def close(app: Sanic, _loop: Any) -> None:
        await asyncio.gather(*app.ctx.services.accepting, return_exceptions=True)
        for database in app.ctx.databases:
            await asyncio.to_thread(database.close)

    app.register_listener(start, "before_server_start")
    app.register_listener(stop, "before_server_stop")
    app.register_listener(close, "after_server_stop")
    return app


async def _started(request: Request) -> None:
    request.ctx.started = monotonic()


async def _finish(request: Request, response: BaseHTTPResponse) -> None:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if request.path.startswith(("/api/", "/rest/")):
        response.headers.setdefault("Cache-Control", "no-store")
    # One line a request, when its answer begins: no query, no body, no header.
    took = (monotonic() - getattr(request.ctx, "started", monotonic())) * 1000
    access.info("%s %s %d %.0f ms", request.method, request.path, response.status, took)
