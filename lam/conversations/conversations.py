"""`Conversations`: inbox and outbox, written in transactions that may be repeated."""

from datetime import datetime

from lam.conversations.types import Answer, Exchange, Line, Message, Received, Turn
from lam.storage import Database


class Conversations:
    """Messages and answers in a database. Threads and processes may share it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def receive(
        self, conversation: str, client_id: str, text: str, payload: str | None = None, *, at: datetime
    ) -> Received:
        """Put a message into the inbox; the same client id again changes nothing.

        Args:
            client_id: what the sender calls the message, unique in the conversation.
            text: what people see.
            payload: of the button that was pressed.

        Raises:
            ValueError: a text that can't be stored (NUL, lone surrogate), or a bad client id.
        """
        raise NotImplementedError

    def next(self, conversation: str) -> Message | None:
        """Return the oldest unfinished message of a conversation; None when all are answered."""
        raise NotImplementedError

    def waiting(self) -> list[str]:
        """Return the conversations with unfinished messages, the one that waits longest first."""
        raise NotImplementedError

    def find(self, conversation: str, client_id: str) -> Message | None:
        """Return the message that the sender calls `client_id`, if it was received."""
        raise NotImplementedError

    def finished(self, seq: int) -> bool:
        """Tell whether a message is answered.

        Raises:
            UnknownMessage: there is none with this number.
        """
        raise NotImplementedError

    def answer(self, seq: int, turn: Turn, *, at: datetime | None = None) -> list[Answer]:
        """Commit a turn: its answers enter the outbox and the message is finished, both or neither.

        Returns:
            the answers; those of the first time when the message was finished already.

        Raises:
            UnknownMessage: there is none with this number.
        """
        raise NotImplementedError

    def notice(self, seq: int, text: str, *, at: datetime | None = None) -> Answer | None:
        """Tell the user that it takes longer: once a message, however often this is called.

        Returns:
            the notice; None when the message is finished and none was given.
        """
        raise NotImplementedError

    def answers(self, seq: int) -> list[Answer]:
        """Return what a message was answered, without notices."""
        raise NotImplementedError

    def since(self, conversation: str, after: int, limit: int = 200) -> list[Answer]:
        """Return the outbox after a position (0: from the start), in order, none left out."""
        raise NotImplementedError

    def history(self, conversation: str, limit: int = 200) -> list[Line]:
        """Return the newest lines, the user's and the bot's, in the order in which they came."""
        raise NotImplementedError

    def offered(self, conversation: str, payload: str) -> bool:
        """Tell whether a button with exactly this payload was offered in this conversation."""
        raise NotImplementedError

    def exchange(self, conversation: str, answer: str) -> Exchange:
        """Return an answer and what the user had said: what a rating is made from.

        Raises:
            UnknownAnswer: the conversation has no such answer, or it is a notice or an error.
        """
        raise NotImplementedError
