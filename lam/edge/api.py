"""The page's API: session, messages, history, ratings."""

import asyncio
from typing import Any
from uuid import UUID

from sanic import Blueprint, Request
from sanic.response import HTTPResponse, empty, json

from lam.conversations import UnknownAnswer
from lam.edge.accept import MASK, accept
from lam.edge.auth import bearer, conversation_of
from lam.edge.body import clean, read_fields
from lam.edge.errors import Problem
from lam.edge.services import Services, services
from lam.edge.shapes import line_json
from lam.feedback import Rating
from lam.sessions import InvalidIdentity

REASON_LIMIT = 500

api = Blueprint("api", url_prefix="/api")


@api.post("/session")
async def start_session(request: Request) -> HTTPResponse:
    """Mint a conversation, or return the one that the token opens; an identity token signs in."""
    edge = services(request)
    identity = read_fields(request, identity=str).get("identity") if request.body else None
    known = await conversation_of(request) if bearer(request) else None

    def start() -> dict[str, Any]:
        # First who it is, then where: a refused identity leaves no empty conversation behind.
        customer = edge.sessions.identify(identity) if identity is not None else None
        conversation = known or edge.sessions.start("web")
        if customer is not None:
            conversation = edge.sessions.bind(conversation, customer)
        return session_json(edge, conversation)

    try:
        body = await asyncio.to_thread(start)
    except InvalidIdentity as error:
        raise Problem(401, "bad_identity", f"Expected a valid identity token: {error}") from None
    return json(body, status=201 if body["conversation"] != known else 200)


@api.delete("/session")
async def end_session(request: Request) -> HTTPResponse:
    """Sign the customer out; the conversation stays, without a customer."""
    conversation = await conversation_of(request)
    await asyncio.to_thread(services(request).sessions.sign_out, conversation)
    services(request).wakes.wake(conversation)
    return empty()


@api.post("/messages")
async def post_message(request: Request) -> HTTPResponse:
    """Take a message in: 202 says that it is stored and will be answered."""
    conversation = await conversation_of(request)
    fields = read_fields(request, id=str, text=str, payload=str)
    client_id = _uuid("id", fields.get("id"))
    accepted = await accept(request, conversation, client_id, fields.get("text"), fields.get("payload"))
    body: dict[str, Any] = {"seq": accepted.seq}
    if accepted.masked:
        body["text"] = MASK  # what the page shows from now on
    if accepted.conversation != conversation:
        body |= await asyncio.to_thread(session_json, services(request), accepted.conversation)
    return json(body, status=202)


@api.get("/history")
async def get_history(request: Request) -> HTTPResponse:
    """Return the conversation as people saw it, and how its answers were rated."""
    edge = services(request)
    conversation = await conversation_of(request)

    def look() -> dict[str, Any]:
        lines = edge.conversations.history(conversation)
        ratings = edge.feedback.given(conversation, conversation)
        return {
            "conversation": conversation,
            "signed_in": edge.sessions.customer(conversation) is not None,
            "lines": [line_json(line, ratings) for line in lines],
        }

    return json(await asyncio.to_thread(look))


@api.post("/ratings")
async def rate(request: Request) -> HTTPResponse:
    """Rate an answer of one's own conversation; a later rating replaces it."""
    edge = services(request)
    conversation = await conversation_of(request)
    edge.limiter.admit(f"rating:{conversation}")
    fields = read_fields(request, answer=str, value=str, reason=str)
    answer = _uuid("answer", fields.get("answer"))
    value = fields.get("value")
    if value not in ("up", "down"):
        raise Problem(400, "bad_value", "value: expected up or down.")
    reason = clean("reason", fields["reason"], REASON_LIMIT) if fields.get("reason", "").strip() else None

    def keep() -> None:
        exchange = edge.conversations.exchange(conversation, answer)
        # The conversation is the giver: whoever holds its token may change the rating, signed in or not.
        edge.feedback.rate(
            Rating(
                answer=answer,
                conversation=conversation,
                giver=conversation,
                value=value,
                reason=reason,
                user_text=exchange.message.text,
                intent=exchange.answer.intent,
                confidence=exchange.answer.confidence,
                answer_text=exchange.answer.text,
                action=exchange.answer.action,
                model_id=exchange.answer.model_id,
                at=exchange.answer.created_at,
            ),
            now=edge.settings.present(),
        )

    try:
        await asyncio.to_thread(keep)
    except UnknownAnswer:
        raise Problem(
            404, "unknown_answer", "answer: expected the id of an answer in this conversation."
        ) from None
    return json({"answer": answer, "value": value})


def session_json(edge: Services, conversation: str) -> dict[str, Any]:
    """Return what a page needs to know of its session. Reads the database."""
    return {
        "conversation": conversation,
        "token": edge.sessions.token(conversation),
        "signed_in": edge.sessions.customer(conversation) is not None,
    }


def _uuid(name: str, value: str | None) -> str:
    try:
        return str(UUID(value or ""))
    except ValueError:
        raise Problem(400, "bad_id", f"{name}: expected a UUID, such as crypto.randomUUID() makes.") from None
