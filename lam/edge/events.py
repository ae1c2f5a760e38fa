"""Server-sent events: the outbox as a stream that a page can leave and resume without a gap."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any

from sanic import Blueprint, Request

from lam.conversations import Answer
from lam.edge.auth import bearer, conversation_of
from lam.edge.errors import Problem
from lam.edge.services import Services, services
from lam.edge.shapes import answer_json
from lam.sessions import InvalidSession

HEARTBEAT_SECONDS = 15.0
STREAMS = 10
PAGE = 200

events = Blueprint("events", url_prefix="/api")


@dataclass(frozen=True)
class _Look:
    """What the database says now."""

    answers: list[Answer]
    signed_in: bool
    open: bool


@events.get("/events")
async def stream_events(request: Request) -> None:
    """Send `answer`, `typing`, `session` and, when the token opens it no longer, `conversation`."""
    edge = services(request)
    conversation = await conversation_of(request)
    after = _position(request)
    if edge.wakes.watchers(conversation) >= STREAMS:
        raise Problem(
            429, "too_many_streams", f"Expected at most {STREAMS} streams a conversation; close one.",
            {"Retry-After": "5"},
        )  # fmt: skip
    response = await request.respond(
        content_type="text/event-stream", headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    )
    await response.send(": hello\n\n")
    with edge.wakes.watch(conversation) as news:
        await _follow(request, conversation, after, news, response)
    await response.eof()


async def _follow(
    request: Request, conversation: str, after: int, news: asyncio.Event, response: Any
) -> None:
    edge, token = services(request), bearer(request) or ""
    typing = signed_in = None
    while not edge.stopping:
        news.clear()
        # Asked before the database: when nothing is worked on now, all answers are there to be read.
        busy = edge.dispatcher.busy(conversation)
        look = await asyncio.to_thread(_look, edge, conversation, token, after)
        for answer in look.answers:
            await response.send(_event("answer", answer_json(answer), answer.seq))
            after = answer.seq
        if len(look.answers) == PAGE:
            continue
        if look.signed_in != signed_in:
            signed_in = look.signed_in
            await response.send(_event("session", {"signed_in": signed_in}))
        if not look.open:
            await response.send(_event("conversation", {}))
            return
        if busy != typing:
            typing = busy
            await response.send(_event("typing", {"on": typing}))
        try:
            await asyncio.wait_for(news.wait(), HEARTBEAT_SECONDS)
        except TimeoutError:
            await response.send(": still here\n\n")


def _look(edge: Services, conversation: str, token: str, after: int) -> _Look:
    answers = edge.conversations.since(conversation, after, PAGE)
    signed_in = edge.sessions.customer(conversation) is not None
    try:
        # Asked last: what was answered after the token had ended is not for who holds it.
        edge.sessions.conversation_of(token)
    except InvalidSession:
        return _Look([], signed_in, open=False)
    return _Look(answers, signed_in, open=True)


def _position(request: Request) -> int:
    text = request.headers.get("last-event-id") or request.args.get("after") or "0"
    if not (text.isascii() and text.isdecimal() and len(text) <= 18):
        raise Problem(400, "bad_position", "after: expected the id of the last event, a number.")
    return int(text)


def _event(name: str, data: dict[str, Any], position: int | None = None) -> str:
    head = f"id: {position}\n" if position is not None else ""
    return f"{head}event: {name}\ndata: {json.dumps(data)}\n\n"
