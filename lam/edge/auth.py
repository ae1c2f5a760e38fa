"""Who may do what: session tokens of people, the key of programs."""

import asyncio
import hmac

from sanic import Request

from lam.edge.errors import Problem
from lam.edge.services import services
from lam.sessions import InvalidSession

_CHALLENGE = {"WWW-Authenticate": "Bearer"}


def bearer(request: Request) -> str | None:
    """Return the token of the header `Authorization: Bearer …`, if there is one."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    token = token.strip()
    return token if scheme.lower() == "bearer" and token else None


async def conversation_of(request: Request) -> str:
    """Return the conversation that the request's token opens.

    Raises:
        Problem: 401 when the token is missing or foreign, or has ended, or the conversation has.
    """
    token = bearer(request)
    if token is None:
        raise Problem(
            401, "no_token",
            "Expected Authorization: Bearer TOKEN, found none; get a token by POST /api/session.", _CHALLENGE,
        )  # fmt: skip
    try:
        return await asyncio.to_thread(services(request).sessions.conversation_of, token)
    except InvalidSession:
        raise Problem(
            401, "bad_token",
            "Expected a token of this server that has not expired; get a new one by POST /api/session.",
            _CHALLENGE,
        ) from None  # fmt: skip


def check_rest_key(request: Request) -> None:
    """Let only programs with the REST key pass.

    Raises:
        Problem: 401 with another key, or when no key is set.
    """
    key = services(request).settings.rest_key.reveal().encode()
    found = (bearer(request) or "").encode("utf-8", "surrogateescape")
    if not key or not hmac.compare_digest(key, found):
        raise Problem(
            401, "bad_key",
            "Expected Authorization: Bearer KEY with the key of LAM_REST_KEY; check the header.", _CHALLENGE,
        )  # fmt: skip
