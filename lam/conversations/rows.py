"""Rows of the database to the types of `lam.conversations`, and back."""

from datetime import datetime
from typing import Any

from lam.conversations.types import Answer, Button, Message, Turn, answer_id


def message(row: Any) -> Message:
    """Make a message from a row of the inbox."""
    return Message(
        row.seq, row.conversation, row.client_id, row.position, row.text, row.payload, row.received_at
    )


def answer(row: Any) -> Answer:
    """Make an answer from a row of the outbox."""
    buttons = tuple(Button(one["title"], one["payload"]) for one in row.buttons or ())
    return Answer(
        row.id, row.position, row.conversation, row.message, row.kind, row.text, buttons, row.image,
        row.custom, row.action, row.model_id, row.intent, row.confidence, row.created_at,
    )  # fmt: skip


def buttons(row: Any) -> list[Button]:
    """Return the buttons of a row of the outbox, its own and those on its cards."""
    cards = row.custom.get("cards") if isinstance(row.custom, dict) else None
    offered = list(row.buttons or ())
    for card in cards if isinstance(cards, list) else ():
        on_card = card.get("buttons") if isinstance(card, dict) else None
        offered += on_card if isinstance(on_card, list) else ()
    found = []
    for one in offered:
        match one:
            case {"title": str(title), "payload": str(payload)}:
                found.append(Button(title, payload))
    return found


def outbox_rows(turn: Turn, conversation: str, at: datetime) -> list[dict[str, Any]]:
    """Make the rows of a turn for the outbox, but for what the inbox knows: position and message."""
    return [
        {
            "id": answer_id(conversation, one.timestamp, place),
            "conversation": conversation,
            "kind": one.kind,
            "text": one.text,
            "buttons": [{"title": button.title, "payload": button.payload} for button in one.buttons] or None,
            "image": one.image,
            "custom": one.custom,
            "action": one.action or turn.action,
            "model_id": turn.model_id,
            "intent": turn.intent,
            "confidence": turn.confidence,
            "created_at": at,
        }
        for place, one in enumerate(turn.utterances)
    ]
