"""All that the edge's routes share, made once at the start."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from sanic import Request

from lam.conversations import Conversations
from lam.edge.dispatcher import Dispatcher
from lam.edge.engine import EngineClient
from lam.edge.limits import Limiter
from lam.edge.wakes import Wakes
from lam.edge.words import Words
from lam.feedback import Feedback
from lam.sessions import Sessions
from lam.settings import Settings


@dataclass
class Services:
    """The libraries, and the edge's own parts. Engine and dispatcher need a running event loop."""

    settings: Settings
    words: Words
    sessions: Sessions
    conversations: Conversations
    feedback: Feedback
    wakes: Wakes
    limiter: Limiter
    engine: EngineClient
    dispatcher: Dispatcher
    stopping: bool = False
    # Messages that are being taken in; asyncio itself holds its tasks only weakly.
    accepting: set[asyncio.Task[Any]] = field(default_factory=set)


def services(request: Request) -> Services:
    """Return the services of the app that got this request."""
    found: Services = request.app.ctx.services
    return found
