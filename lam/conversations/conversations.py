"""`Conversations`: inbox and outbox, written in transactions that may be repeated."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from lam.conversations import rows
from lam.conversations.tables import inbox, outbox, thread
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
)
from lam.storage import Database, expect_name, insert_new


class Conversations:
    """Messages and answers in a database. Threads and processes may share it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def receive(
        self,
        conversation: str,
        client_id: str,
        text: str,
        payload: str | None = None,
        *,
        at: datetime | None = None,
    ) -> Received:
        """Put a message into the inbox; the same client id again changes nothing.

        Args:
            client_id: what the sender calls the message, unique in the conversation.
            text: what people see.
            payload: of the button that was pressed.

        Raises:
            ValueError: a text that can't be stored (NUL, lone surrogate), or a bad client id.
        """
        expect_name("Conversation", conversation, 200)
        expect_name("Message id", client_id, 200)
        _expect_storable(text)
        _expect_storable(payload or "")
        with self._database.write() as connection:
            last = _lock(connection, conversation)
            found = _by_client_id(connection, conversation, client_id)
            if found is not None:
                same = (found.text, found.payload) == (text, payload)
                return Received(found.seq, new=False, same=same)
            result = connection.execute(
                sa.insert(inbox).values(
                    conversation=conversation, client_id=client_id, position=last + 1,
                    text=text, payload=payload, received_at=at or datetime.now(UTC),
                )
            )  # fmt: skip
            _advance(connection, conversation, last + 1)
            return Received(result.inserted_primary_key[0], new=True)

    def next(self, conversation: str) -> Message | None:
        """Return the oldest unfinished message of a conversation; None when all are answered."""
        query = sa.select(inbox).where(inbox.c.conversation == conversation, inbox.c.finished_at.is_(None))
        with self._database.read() as connection:
            row = connection.execute(query.order_by(inbox.c.seq).limit(1)).one_or_none()
        return None if row is None else rows.message(row)

    def unfinished(self, conversation: str) -> list[Message]:
        """Return the messages of a conversation that are not answered, the oldest first."""
        query = sa.select(inbox).where(inbox.c.conversation == conversation, inbox.c.finished_at.is_(None))
        with self._database.read() as connection:
            return [rows.message(one) for one in connection.execute(query.order_by(inbox.c.seq))]

    def waiting(self) -> list[str]:
        """Return the conversations with unfinished messages, the one that waits longest first."""
        oldest = sa.func.min(inbox.c.seq)
        query = sa.select(inbox.c.conversation).where(inbox.c.finished_at.is_(None))
        with self._database.read() as connection:
            found = connection.execute(query.group_by(inbox.c.conversation).order_by(oldest))
            return [str(one) for one in found.scalars()]

    def find(self, conversation: str, client_id: str) -> Message | None:
        """Return the message that the sender calls `client_id`, if it was received."""
        with self._database.read() as connection:
            row = _by_client_id(connection, conversation, client_id)
        return None if row is None else rows.message(row)

    def finished(self, seq: int) -> bool:
        """Tell whether a message is answered.

        Raises:
            UnknownMessage: there is none with this number.
        """
        with self._database.read() as connection:
            return _inbox_row(connection, seq).finished_at is not None

    def answer(self, seq: int, turn: Turn, *, at: datetime | None = None) -> list[Answer]:
        """Commit a turn: its answers enter the outbox and the message is finished, both or neither.

        Returns:
            the answers; those of the first time when the message was finished already.

        Raises:
            UnknownMessage: there is none with this number.
        """
        at = at or datetime.now(UTC)
        with self._database.write() as connection:
            conversation = _inbox_row(connection, seq).conversation
            last = _lock(connection, conversation)
            # Read again under the lock: somebody else may have answered meanwhile.
            if _inbox_row(connection, seq).finished_at is None:
                _append(connection, conversation, last, seq, rows.outbox_rows(turn, conversation, at))
                connection.execute(sa.update(inbox).where(inbox.c.seq == seq).values(finished_at=at))
            return _answers(connection, seq)

    def notice(self, seq: int, text: str, *, at: datetime | None = None) -> Answer | None:
        """Tell the user that it takes longer: once a message, however often this is called.

        Returns:
            the notice; None when the message is finished and none was given.
        """
        at = at or datetime.now(UTC)
        with self._database.write() as connection:
            conversation = _inbox_row(connection, seq).conversation
            last = _lock(connection, conversation)
            given = sa.select(outbox).where(outbox.c.message == seq, outbox.c.kind == "notice")
            row = connection.execute(given).one_or_none()
            if row is None and _inbox_row(connection, seq).finished_at is None:
                # It has no BotUttered: the message's number takes the place of the time, so there is one id.
                turn = Turn((Utterance(float(-seq), text, kind="notice"),))
                _append(connection, conversation, last, seq, rows.outbox_rows(turn, conversation, at))
                row = connection.execute(given).one()
            return None if row is None else rows.answer(row)

    def answers(self, seq: int) -> list[Answer]:
        """Return what a message was answered, without notices."""
        with self._database.read() as connection:
            _inbox_row(connection, seq)
            return _answers(connection, seq)

    def since(self, conversation: str, after: int, limit: int = 200) -> list[Answer]:
        """Return the outbox after a position (0: from the start), in order, none left out."""
        query = sa.select(outbox).where(outbox.c.conversation == conversation, outbox.c.position > after)
        with self._database.read() as connection:
            found = connection.execute(query.order_by(outbox.c.position).limit(limit))
            return [rows.answer(one) for one in found]

    def history(self, conversation: str, limit: int = 200) -> list[Line]:
        """Return the newest lines, the user's and the bot's, in the order in which they came."""
        with self._database.read() as connection:
            # Up to here every line is committed; what comes between the queries is for the next call.
            end = sa.select(thread.c.position).where(thread.c.conversation == conversation)
            last = connection.execute(end).scalar_one_or_none() or 0
            said, answered = (
                connection.execute(
                    sa.select(table)
                    .where(table.c.conversation == conversation, table.c.position <= last)
                    .order_by(table.c.position.desc())
                    .limit(limit)
                ).all()
                for table in (inbox, outbox)
            )
        lines = [Line(one.position, message=rows.message(one)) for one in said]
        lines += [Line(one.position, answer=rows.answer(one)) for one in answered]
        return sorted(lines, key=lambda line: line.position)[-limit:]

    def offered(self, conversation: str, payload: str) -> Button | None:
        """Return the newest button with exactly this payload in this conversation; None when none has it.

        Buttons on cards count, too: a custom answer `{"cards": [{"buttons": [{"title", "payload"}]}]}`.
        """
        query = sa.select(outbox).where(outbox.c.conversation == conversation)
        some = sa.or_(outbox.c.buttons.is_not(None), outbox.c.custom.is_not(None))
        with self._database.read() as connection:
            for row in connection.execute(query.where(some).order_by(outbox.c.position.desc())):
                for button in rows.buttons(row):
                    if button.payload == payload:
                        return button
        return None

    def exchange(self, conversation: str, answer: str) -> Exchange:
        """Return an answer and what the user had said: what a rating is made from.

        Raises:
            UnknownAnswer: the conversation has no such answer, or it is a notice or an error.
        """
        query = sa.select(outbox).where(
            outbox.c.conversation == conversation, outbox.c.id == answer, outbox.c.kind == "answer"
        )
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
            if row is None:
                raise UnknownAnswer("Expected the id of an answer of this conversation, found another.")
            return Exchange(rows.message(_inbox_row(connection, row.message)), rows.answer(row))


def _lock(connection: Connection, conversation: str) -> int:
    # Until the end of the transaction nobody else writes to this conversation.
    insert_new(connection, thread, {"conversation": conversation, "position": 0})
    query = sa.select(thread.c.position).where(thread.c.conversation == conversation).with_for_update()
    return int(connection.execute(query).scalar_one())


def _advance(connection: Connection, conversation: str, position: int) -> None:
    connection.execute(
        sa.update(thread).where(thread.c.conversation == conversation).values(position=position)
    )


def _append(
    connection: Connection, conversation: str, last: int, seq: int, new: list[dict[str, Any]]
) -> None:
    for position, row in enumerate(new, start=last + 1):
        connection.execute(sa.insert(outbox).values(**row, message=seq, position=position))
    _advance(connection, conversation, last + len(new))


def _by_client_id(connection: Connection, conversation: str, client_id: str) -> Any | None:
    query = sa.select(inbox).where(inbox.c.conversation == conversation, inbox.c.client_id == client_id)
    return connection.execute(query).one_or_none()


def _inbox_row(connection: Connection, seq: int) -> Any:
    row = connection.execute(sa.select(inbox).where(inbox.c.seq == seq)).one_or_none()
    if row is None:
        raise UnknownMessage(f"Expected the number of a message in the inbox, found {seq}.")
    return row


def _answers(connection: Connection, seq: int) -> list[Answer]:
    query = sa.select(outbox).where(outbox.c.message == seq, outbox.c.kind != "notice")
    return [rows.answer(one) for one in connection.execute(query.order_by(outbox.c.position))]


def _expect_storable(text: str) -> None:
    # PostgreSQL stores neither; SQLite stores NUL and stumbles later.
    if "\0" in text or any("\ud800" <= one <= "\udfff" for one in text):
        raise ValueError("Message: expected text without NUL and lone surrogates. Remove them.")
