"""Taking a message in: checked, counted, stored, and only then acknowledged."""

import asyncio
import re
import unicodedata
from dataclasses import dataclass

from sanic import Request

from lam.conversations import Button, Received, Turn
from lam.edge.body import PAYLOAD_LIMIT, clean
from lam.edge.errors import Problem
from lam.edge.services import Services, services

MASK = "••••••"
PRESENT_CODE = "/present_code"
SIGN_IN = "/sign_in"
_CODE = re.compile(r"(?<![0-9])([0-9]{3})[ .-]?([0-9]{3})(?![0-9])")


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
        received = await _receive(edge, conversation, client_id, button.title, button.payload)
    else:
        text = clean("text", text or "")
        code = code_in(text)
        if code is not None:
            accepted = await _accept_code(edge, conversation, client_id, code)
            if accepted is not None:
                return accepted
        received = await _receive(edge, conversation, client_id, text, None)
    await asyncio.to_thread(edge.sessions.touch, conversation)
    edge.dispatcher.start(conversation)
    return Accepted(received.seq, conversation)


def code_in(text: str) -> str | None:
    """Return the six digits of a one-time code in a text (also `123 456`), or None."""
    text = unicodedata.normalize("NFKC", text)
    digits = re.sub(r"[\s.-]", "", text)
    if re.fullmatch(r"[0-9]+", digits):
        return digits if len(digits) == 6 else None
    match = _CODE.search(text)
    return match[1] + match[2] if match else None


async def _accept_code(edge: Services, conversation: str, client_id: str, code: str) -> Accepted | None:
    """Redeem a one-time code, if one is awaited; None otherwise. The code itself is stored nowhere."""
    # The message goes first, so that nothing is lost; the engine gets it when the code is redeemed.
    async with edge.dispatcher.hold(conversation):
        before = await asyncio.to_thread(edge.conversations.find, conversation, client_id)
        if before is not None:
            # Sent again: a code must not be counted twice.
            sent_code = before.payload in (PRESENT_CODE, SIGN_IN) and before.text == MASK
            return Accepted(before.seq, conversation, masked=True) if sent_code else None
        if not await asyncio.to_thread(edge.sessions.pending, conversation):
            return None
        received = await _receive(edge, conversation, client_id, MASK, PRESENT_CODE)
        await asyncio.to_thread(edge.sessions.touch, conversation)
        redeemed = await asyncio.to_thread(edge.sessions.redeem, conversation, code)
        if redeemed.conversation != conversation:
            # Another customer: what is said now belongs to a conversation of their own.
            nothing = Turn(())
            await asyncio.to_thread(
                edge.conversations.answer, received.seq, nothing, at=edge.settings.present()
            )
            # Nobody was asked for a code there; a wish to sign in is answered with who is signed in.
            received = await _receive(edge, redeemed.conversation, client_id, MASK, SIGN_IN)
    edge.wakes.wake(conversation)
    edge.dispatcher.start(redeemed.conversation)
    return Accepted(received.seq, redeemed.conversation, masked=True)


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
    def look() -> Button | None:
        for line in reversed(edge.conversations.history(conversation)):
            if line.answer is not None:
                for button in (*line.answer.buttons, *card_buttons(line.answer.custom)):
                    if button.payload == payload:
                        return button
        return None

    button = await asyncio.to_thread(look)
    if button is None:
        raise Problem(
            409, "not_offered",
            "Expected the payload of a button that was offered in this conversation; send text instead.",
        )  # fmt: skip
    return button


def card_buttons(custom: object) -> list[Button]:
    """Return the buttons of a custom answer's cards: `{"cards": [{"buttons": [{"title", "payload"}]}]}`."""
    cards = custom.get("cards") if isinstance(custom, dict) else None
    found = []
    for card in cards if isinstance(cards, list) else ():
        buttons = card.get("buttons") if isinstance(card, dict) else None
        for one in buttons if isinstance(buttons, list) else ():
            match one:
                case {"title": str(title), "payload": str(payload)}:
                    found.append(Button(title, payload))
    return found
