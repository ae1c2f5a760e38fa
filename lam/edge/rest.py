"""REST for programs: post a message, get the answers; or an address that has them later."""

import asyncio
import re
from time import monotonic
from typing import Any
from uuid import uuid4

from sanic import Blueprint, Request
from sanic.response import HTTPResponse, json

from lam.edge.accept import Accepted, accept
from lam.edge.auth import check_rest_key
from lam.edge.body import read_fields
from lam.edge.errors import Problem
from lam.edge.services import services
from lam.edge.shapes import answer_json

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:@+-]{0,99}")

rest = Blueprint("rest", url_prefix="/rest/v1")


@rest.post("/messages")
async def post_message(request: Request) -> HTTPResponse:
    """Take a message in and wait for its answers, as long as people are asked to wait."""
    check_rest_key(request)
    fields = read_fields(request, sender=str, text=str, payload=str, id=str)
    sender = _name("sender", fields.get("sender"))
    client_id = _name("id", fields.get("id", str(uuid4())))
    conversation = await _conversation(request, sender)
    accepted = await accept(request, conversation, client_id, fields.get("text"), fields.get("payload"))
    patience = services(request).settings.patience_seconds
    return await _answers(request, sender, client_id, accepted, wait=patience)


@rest.get("/messages/<client_id:str>")
async def get_message(request: Request, client_id: str) -> HTTPResponse:
    """Return the answers to a message that was posted before."""
    check_rest_key(request)
    sender = _name("sender", request.args.get("sender"))
    conversation = await _conversation(request, sender)
    message = await asyncio.to_thread(
        services(request).conversations.find, conversation, _name("id", client_id)
    )
    if message is None:
        raise Problem(404, "unknown_message", "Expected the id of a message that this sender has posted.")
    return await _answers(request, sender, client_id, Accepted(message.seq, conversation), wait=0)


async def _conversation(request: Request, sender: str) -> str:
    # A name space of its own: no program can name a conversation of the chat page.
    return await asyncio.to_thread(services(request).sessions.start, "rest", f"rest:{sender}")


async def _answers(
    request: Request, sender: str, client_id: str, accepted: Accepted, wait: float
) -> HTTPResponse:
    edge = services(request)
    until = monotonic() + wait
    with edge.wakes.watch(accepted.conversation) as news:
        while True:
            news.clear()
            complete = await asyncio.to_thread(edge.conversations.finished, accepted.seq)
            left = until - monotonic()
            if complete or left <= 0 or edge.stopping:
                break
            try:
                await asyncio.wait_for(news.wait(), left)
            except TimeoutError:
                continue
    answers = await asyncio.to_thread(edge.conversations.answers, accepted.seq)
    body: dict[str, Any] = {
        "id": client_id,
        "answers": [answer_json(one) for one in answers],
        "complete": complete,
    }
    if complete:
        return json(body)
    next_one = f"/rest/v1/messages/{client_id}?sender={sender.replace('+', '%2B')}"
    return json({**body, "notice": edge.words.still_working, "next": next_one}, status=202)


def _name(field: str, value: str | None) -> str:
    if value is None or not _NAME.fullmatch(value):
        raise Problem(
            400, "bad_name", f"{field}: expected 1 to 100 letters, digits or ._:@+-, not first of all a sign."
        )
    return value
