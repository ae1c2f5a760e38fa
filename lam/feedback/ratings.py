"""Ratings: thumbs up or down for one answer, with what is needed to learn from them."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from lam.storage import Database

Value = Literal["up", "down"]


class ForeignAnswer(ValueError):  # noqa: N818
    """The answer was given in another conversation."""


@dataclass(frozen=True, kw_only=True)
class Rating:
    """A rating of one answer of the outbox.

    Attributes:
        answer: id of the answer.
        giver: who rates: the customer's number, or the conversation when nobody is signed in.
        user_text: what the user had said; stored redacted, as are `reason` and `answer_text`.
        confidence: of the intent, 0 to 1.
        at: when the answer was given.
    """

    answer: str
    conversation: str
    giver: str
    value: Value
    reason: str | None = None
    user_text: str
    intent: str | None = None
    confidence: float | None = None
    answer_text: str | None = None
    action: str | None = None
    model_id: str | None = None
    at: datetime


@dataclass(frozen=True, kw_only=True)
class StoredRating(Rating):
    """A rating as it is kept: when it was first given, and when it was changed last."""

    created_at: datetime
    changed_at: datetime


class Feedback:
    """Ratings in the learning database. Threads and processes may share it.

    Whether an answer exists, and in this conversation, is for the caller to find out: make a `Rating`
    from `Conversations.exchange`, which refuses all others.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def rate(self, rating: Rating, *, now: datetime | None = None) -> StoredRating:
        """Keep a rating; the same giver's later one for the same answer replaces value and reason.

        Raises:
            ValueError: the value isn't `up` or `down`, or the reason is longer than 1000 characters.
            ForeignAnswer: the answer was rated before as one of another conversation.
        """
        raise NotImplementedError

    def given(self, conversation: str, giver: str) -> dict[str, Value]:
        """Return a giver's ratings in a conversation: answer id to value."""
        raise NotImplementedError

    def list(self, since: datetime | None = None, limit: int | None = 100) -> list[StoredRating]:
        """Return ratings that were given or changed since then, the newest first; None: all of them."""
        raise NotImplementedError

    def export(self, path: Path, format: Literal["csv", "jsonl"] = "jsonl") -> int:
        """Write all ratings to a file, the newest first; a reader never sees half of it.

        Returns:
            how many there are.
        """
        raise NotImplementedError
