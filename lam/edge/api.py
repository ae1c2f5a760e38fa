"""The page's API: session, messages, history, ratings."""

import asyncio
from typing import Any
from uuid import UUID

from sanic import Blueprint, Request
from sanic.response import HTTPResponse, empty, json

from lam.conversations import Answer, UnknownAnswer
from lam.edge.accept import MASK, accept
from lam.edge.auth import bearer, conversation_of
from lam.edge.body import clean, read_fields
from lam.edge.codes import code_in
from lam.edge.errors import Problem
from lam.edge.services import Services, services
from lam.edge.shapes import line_json
from lam.feedback import Rating
from lam.sessions import InvalidSession, Renewed

REASON_LIMIT = 500

api = Blueprint("api", url_prefix="/api")


@api.post("/session")
async def start_session(request: Request) -> HTTPResponse:
    """Mint a conversation, or return the one that the token opens; an identity token signs in."""
    edge = services(request)
    identity = read_fields(request, identity=str).get("identity") if request.body else None
    token = bearer(request)
    if identity is None and token is not None:
        return json(await asyncio.to_thread(session_json, edge, await conversation_of(request), token))

    def start() -> dict[str, Any]:
        if identity is None:
            conversation = edge.sessions.start("web")
            return session_json(edge, conversation, edge.sessions.token(conversation))
        signed_in = edge.sessions.identify(identity, token)
        return session_json(edge, edge.sessions.conversation_of(signed_in), signed_in)

    try:
        known = await conversation_of(request) if token is not None else None
    except Problem:
        known = None  # the identity token alone says who it is
    try:
        body = await asyncio.to_thread(start)
    except InvalidSession as error:
        raise Problem(401, "bad_identity", f"Expected a valid identity token: {error}") from None
    return json(body, status=201 if body["conversation"] != known else 200)


@api.delete("/session")
async def end_session(request: Request) -> HTTPResponse:
    """Sign the customer out and end the token: what was said stays with the customer."""
    conversation = await conversation_of(request)
    await asyncio.to_thread(services(request).sessions.sign_out, conversation)
    services(request).wakes.wake(conversation)
    return empty()


@api.post("/messages")
async def post_message(request: Request) -> HTTPResponse:
    """Take a message in: 202 says that it is stored and will be answered.

    A one-time code that signs in ends the token that it came with; the answer has the new one.
    """
    try:
        conversation = await conversation_of(request)
    except Problem as ended:
        conversation = await _conversation_after(request, ended)
    fields = read_fields(request, id=str, text=str, payload=str)
    client_id = _uuid("id", fields.get("id"))
    accepted = await accept(request, conversation, client_id, fields.get("text"), fields.get("payload"))
    body: dict[str, Any] = {"seq": accepted.seq}
    if accepted.masked:
        body["text"] = MASK  # what the page shows from now on
        new = await asyncio.to_thread(_renewed, request)
        if new is not None:
            body |= await asyncio.to_thread(session_json, services(request), new.conversation, new.token)
    return json(body, status=202)


async def _conversation_after(request: Request, ended: Problem) -> str:
    """Return where a code was sent that is sent again: its answer was lost, and with it the new token.

    Raises:
        Problem: `ended`, for any other message with a token that opens nothing.
    """
    token = bearer(request)
    if token is None:
        raise ended
    # Each try is a guess at the code, so they are counted.
    services(request).limiter.admit(f"renewal:{token}")
    renewed = await asyncio.to_thread(_renewed, request)
    if renewed is None:
        raise ended
    return renewed.before


def _renewed(request: Request) -> Renewed | None:
    """Return the token in the place of the request's own, if this very message signs in; else None."""
    try:
        fields = read_fields(request, id=str, text=str, payload=str)
        client_id, code = _uuid("id", fields.get("id")), code_in(clean("text", fields.get("text", "")))
    except Problem:
        return None
    token = bearer(request)
    return services(request).sessions.renewed(token, code, client_id) if token and code else None


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
                answer_text=_text_of(exchange.answer),
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


def session_json(edge: Services, conversation: str, token: str) -> dict[str, Any]:
    """Return what a page needs to know of its session. Reads the database."""
    return {
        "conversation": conversation,
        "token": token,
        "signed_in": edge.sessions.customer(conversation) is not None,
    }


def _text_of(answer: Answer) -> str | None:
    """Return the words of an answer, those on its cards too: what a rating is about."""
    cards = answer.custom.get("cards") if isinstance(answer.custom, dict) else None
    on_cards = [
        ": ".join(str(card[part]) for part in ("title", "text") if card.get(part))
        for card in (cards if isinstance(cards, list) else ())
        if isinstance(card, dict)
    ]
    return "\n".join(part for part in (answer.text, *on_cards) if part) or None


def _uuid(name: str, value: str | None) -> str:
    try:
        return str(UUID(value or ""))
    except ValueError:
        raise Problem(400, "bad_id", f"{name}: expected a UUID, such as crypto.randomUUID() makes.") from None
