"""What crosses the border of `lam.conversations`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID, uuid5

Kind = Literal["answer", "notice", "error"]

_ANSWERS = UUID("5f0e7a52-3d0c-4b5a-9c55-2f0a8a4a6d11")


class UnknownMessage(LookupError):  # noqa: N818
    """No message has this number."""


class UnknownAnswer(LookupError):  # noqa: N818
    """This conversation has no such answer."""


@dataclass(frozen=True)
class Button:
    """A choice offered to the user: what they read, and what the assistant gets when they press it."""

    title: str
    payload: str


@dataclass(frozen=True)
class Received:
    """What became of a message that came in.

    Attributes:
        seq: the message's number, across all conversations.
        new: False when this client id was received before.
        same: False when it was received before with another text or payload; the first one holds.
    """

    seq: int
    new: bool
    same: bool = True


@dataclass(frozen=True)
class Message:
    """A message in the inbox. `position` counts the lines of a conversation, user's and bot's together."""

    seq: int
    conversation: str
    client_id: str
    position: int
    text: str
    payload: str | None
    at: datetime


@dataclass(frozen=True)
class Utterance:
    """One thing that the assistant says in a turn; `timestamp` is that of its BotUttered (seconds)."""

    timestamp: float
    text: str | None = None
    buttons: tuple[Button, ...] = ()
    image: str | None = None
    custom: Any = None
    action: str | None = None
    kind: Kind = "answer"


@dataclass(frozen=True)
class Turn:
    """All that the assistant answers to one message; no utterance at all is an answer, too."""

    utterances: tuple[Utterance, ...]
    model_id: str | None = None
    intent: str | None = None
    confidence: float | None = None
    action: str | None = None


@dataclass(frozen=True)
class Answer:
    """A line in the outbox.

    Attributes:
        id: `answer_id`; what a rating refers to.
        seq: position in its conversation; larger than that of every line before. Serves as an SSE id.
        message: `seq` of the message that is answered.
        kind: `notice` says that it takes longer, `error` that it failed.
        confidence: of the intent, 0 to 1.
    """

    id: str
    seq: int
    conversation: str
    message: int
    kind: Kind
    text: str | None
    buttons: tuple[Button, ...]
    image: str | None
    custom: Any
    action: str | None
    model_id: str | None
    intent: str | None
    confidence: float | None
    created_at: datetime


@dataclass(frozen=True)
class Line:
    """A line of a conversation as people see it: exactly one of `message` and `answer` is there."""

    position: int
    message: Message | None = None
    answer: Answer | None = None


@dataclass(frozen=True)
class Exchange:
    """An answer together with the message that it answers."""

    message: Message
    answer: Answer


def answer_id(conversation: str, timestamp: float, position: int) -> str:
    """Return the id of an answer.

    Args:
        timestamp: of the BotUttered event, in seconds.
        position: of the utterance in its turn, from 0.
    """
    return str(uuid5(_ANSWERS, f"{conversation}/{timestamp!r}/{position}"))
