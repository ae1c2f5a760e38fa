"""Taking a message in: checked, counted, stored, and only then acknowledged."""

import asyncio
from dataclasses import dataclass

from sanic import Request

from lam.conversations import Button, Received, Turn
from lam.edge.body import PAYLOAD_LIMIT, clean
from lam.edge.codes import code_in
from lam.edge.errors import Problem
from lam.edge.services import Services, services

MASK = "••••••"
PRESENT_CODE = "/present_code"
SIGN_IN = "/sign_in"


@dataclass(frozen=True)
class Accepted:
    """A message that is in the inbox.

    Attributes:
        seq: its number.
        conversation: where it is; another one when its one-time code signed in another customer.
        masked: it was a one-time code, which nobody gets to see again.
    """

    seq: int
    conversation: str
    masked: bool = False


async def accept(
    request: Request, conversation: str, client_id: str, text: str | None, payload: str | None
) -> Accepted:
    """Put a message into the inbox and set the dispatcher to work.

    Args:
        client_id: what the sender calls it; sent again, it changes nothing.
        text: what was typed; None when a button was pressed.
        payload: of the pressed button.

    Raises:
        Problem: 400 for a bad text, 409 for a button that was not offered or an id used for something
            else, 429 when there are too many messages.
    """
    edge = services(request)
    edge.limiter.admit(conversation)
    if (text is None) == (payload is None):
        raise Problem(400, "text_or_payload", "Expected either text or payload, found both or neither.")
    if payload is not None:
        button = await _offered(edge, conversation, clean("payload", payload, PAYLOAD_LIMIT))
        work = _accept(edge, conversation, client_id, button.title, button.payload)
    else:
        work = _accept_typed(edge, conversation, client_id, clean("text", text or ""))
    # Sanic cancels the handler when the sender goes away; what may be stored by then is answered, too.
    task = asyncio.create_task(work)
    edge.accepting.add(task)
    task.add_done_callback(edge.accepting.discard)
    return await asyncio.shield(task)


async def _accept_typed(edge: Services, conversation: str, client_id: str, text: str) -> Accepted:
    code = code_in(text)
    accepted = await _accept_code(edge, conversation, client_id, code) if code is not None else None
    return accepted or await _accept(edge, conversation, client_id, text, None)


async def _accept(
    edge: Services, conversation: str, client_id: str, text: str, payload: str | None
) -> Accepted:
    received = await _receive(edge, conversation, client_id, text, payload)
    await asyncio.to_thread(edge.sessions.touch, conversation)
    edge.dispatcher.start(conversation, received.seq)
    return Accepted(received.seq, conversation)


async def _accept_code(edge: Services, conversation: str, client_id: str, code: str) -> Accepted | None:
    """Redeem a one-time code, if one is awaited; None otherwise. The code itself is stored nowhere."""
    async with edge.dispatcher.hold(conversation):
        before = await asyncio.to_thread(edge.conversations.find, conversation, client_id)
        if before is None:
            if not await asyncio.to_thread(edge.sessions.pending, conversation):
                return None
        elif before.text != MASK or before.payload not in (PRESENT_CODE, SIGN_IN):
            return None
        if before is None or (
            before.payload == PRESENT_CODE
            and not await asyncio.to_thread(edge.conversations.finished, before.seq)
        ):
            accepted = await _redeem(edge, conversation, client_id, code)
        else:
            accepted = Accepted(before.seq, conversation, masked=True)
    edge.wakes.wake(conversation)
    edge.dispatcher.start(accepted.conversation, accepted.seq)
    return accepted


async def _redeem(edge: Services, conversation: str, client_id: str, code: str) -> Accepted:
    # Each step may be repeated: a message that is sent again goes on where the first one failed.
    # The message goes first, so that nothing is lost; the engine gets it when the code is redeemed.
    received = await _receive(edge, conversation, client_id, MASK, PRESENT_CODE)
    await asyncio.to_thread(edge.sessions.touch, conversation)
    redeemed = await asyncio.to_thread(edge.sessions.redeem, conversation, code, client_id)
    if redeemed.conversation == conversation:
        return Accepted(received.seq, conversation, masked=True)
    # Another customer: what is said now belongs to a conversation of their own. Nobody was asked for a code
    # there; a wish to sign in is answered with who is signed in.
    theirs = await _receive(edge, redeemed.conversation, client_id, MASK, SIGN_IN)
    await asyncio.to_thread(edge.conversations.answer, received.seq, Turn(()), at=edge.settings.present())
    return Accepted(theirs.seq, redeemed.conversation, masked=True)


async def _receive(
    edge: Services, conversation: str, client_id: str, text: str, payload: str | None
) -> Received:
    received = await asyncio.to_thread(
        edge.conversations.receive, conversation, client_id, text, payload, at=edge.settings.present()
    )
    if not received.same:
        raise Problem(
            409, "id_used", "This id was used for another message before; expected a new id for each message."
        )
    return received


async def _offered(edge: Services, conversation: str, payload: str) -> Button:
    button = await asyncio.to_thread(edge.conversations.offered, conversation, payload)
    if button is None:
        raise Problem(
            409, "not_offered",
            "Expected the payload of a button that was offered in this conversation; send text instead.",
        )  # fmt: skip
    return button
