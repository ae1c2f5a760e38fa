"""Inbox and outbox of conversations: what people said, in order, and what they were answered."""

from lam.conversations.conversations import Conversations
from lam.conversations.types import (
    Answer,
    Button,
    Exchange,
    Line,
    Message,
    Received,
    Turn,
    UnknownAnswer,
    UnknownMessage,
    Utterance,
    answer_id,
)

__all__ = [
    "Answer",
    "Button",
    "Conversations",
    "Exchange",
    "Line",
    "Message",
    "Received",
    "Turn",
    "UnknownAnswer",
    "UnknownMessage",
    "Utterance",
    "answer_id",
]
