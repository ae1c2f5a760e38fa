"""Ratings: thumbs up or down for one answer, with what is needed to learn from them."""

from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, get_args

import sqlalchemy as sa

from lam.feedback.export import write
from lam.feedback.redaction import redact
from lam.feedback.tables import rating as ratings
from lam.storage import Database, insert_new

Value = Literal["up", "down"]

_LONGEST_REASON = 1000


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
        now = now or datetime.now(UTC)
        given = {**asdict(rating), **_redacted(_checked(rating)), "created_at": now, "changed_at": now}
        same = sa.and_(ratings.c.answer == rating.answer, ratings.c.giver == rating.giver)
        elsewhere = sa.select(ratings.c.id).where(
            ratings.c.answer == rating.answer, ratings.c.conversation != rating.conversation
        )
        with self._database.write() as connection:
            if connection.execute(elsewhere.limit(1)).first() is not None:
                raise ForeignAnswer("Expected an answer of this conversation, found one of another.")
            if not insert_new(connection, ratings, given):
                change = {"value": given["value"], "reason": given["reason"], "changed_at": now}
                connection.execute(sa.update(ratings).where(same).values(change))
            return _stored(connection.execute(sa.select(ratings).where(same)).one())

    def given(self, conversation: str, giver: str) -> dict[str, Value]:
        """Return a giver's ratings in a conversation: answer id to value."""
        query = sa.select(ratings.c.answer, ratings.c.value).where(
            ratings.c.conversation == conversation, ratings.c.giver == giver
        )
        with self._database.read() as connection:
            return {row.answer: row.value for row in connection.execute(query)}

    def list(self, since: datetime | None = None, limit: int | None = 100) -> list[StoredRating]:
        """Return ratings that were given or changed since then, the newest first; None: all of them."""
        query = sa.select(ratings).order_by(ratings.c.changed_at.desc(), ratings.c.id.desc()).limit(limit)
        if since is not None:
            query = query.where(ratings.c.changed_at >= since)
        with self._database.read() as connection:
            return [_stored(row) for row in connection.execute(query)]

    def export(self, path: Path, format: Literal["csv", "jsonl"] = "jsonl") -> int:
        """Write all ratings to a file, the newest first; a reader never sees half of it.

        Returns:
            how many there are.
        """
        found = self.list(limit=None)
        write(path, StoredRating, found, format)
        return len(found)


def _checked(rating: Rating) -> Rating:
    if rating.value not in get_args(Value):
        raise ValueError(f"Rating: expected the value up or down, found {rating.value!r}.")
    length = len(rating.reason or "")
    if length > _LONGEST_REASON:
        raise ValueError(
            f"Rating: expected a reason of at most {_LONGEST_REASON} characters, found {length}."
        )
    return rating


def _redacted(rating: Rating) -> dict[str, str | None]:
    texts = {name: getattr(rating, name) for name in ("user_text", "reason", "answer_text")}
    return {name: text and redact(_storable(text)) for name, text in texts.items()}


def _storable(text: str) -> str:
    # PostgreSQL keeps no NUL, neither database a lone surrogate.
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def _stored(row: Any) -> StoredRating:
    return StoredRating(**{one.name: getattr(row, one.name) for one in fields(StoredRating)})
