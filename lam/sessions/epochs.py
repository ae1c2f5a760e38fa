"""Which tokens open a conversation: those of its present epoch, which each sign-in and sign-out raises.

So a token that somebody copied before a sign-in doesn't open what is said after it.
"""

import hashlib
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from lam.sessions.tables import session
from lam.sessions.tokens import Opening


def proof(*parts: str) -> str:
    """Return what is kept of that by which somebody signed in: enough to know it again."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def end_tokens(connection: Connection, conversation: str, renewed_by: str | None = None) -> None:
    """Let no token of a conversation open it any more.

    Args:
        renewed_by: the `proof` for which a token of the epoch that ends is replaced, see `successor`.
    """
    connection.execute(
        sa.update(session)
        .where(session.c.conversation == conversation)
        .values(epoch=session.c.epoch + 1, renewed_by=renewed_by)
    )


def successor(connection: Connection, ended: Opening, by: str) -> Opening | None:
    """Return what opens the conversation for who ended that token by a sign-in; None for anybody else.

    The answer that brought the new token may have been lost, so it can be asked for again.
    """
    query = sa.select(session).where(session.c.conversation == ended.conversation)
    row: Any = connection.execute(query).one_or_none()
    if row is None or (row.epoch, row.renewed_by) != (ended.epoch + 1, by):
        return None
    # Another customer's conversation was minted by that sign-in, so its tokens begin with it.
    return Opening(row.moved_to, 0) if row.moved_to else Opening(ended.conversation, row.epoch)
