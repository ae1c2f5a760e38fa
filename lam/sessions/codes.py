"""One-time codes: six digits, one use, five attempts, stored as a salted hash."""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from lam.sessions.tables import challenge, presented_code
from lam.sessions.types import Outcome, Redeemed

ATTEMPTS = 5
PER_HOUR = 5

_OPEN = (None, Outcome.wrong)


class Issued(NamedTuple):
    """A code on its way, and the number of its challenge."""

    challenge: int
    code: str


def issue(
    connection: Connection, conversation: str, customer: str, now: datetime, life: timedelta
) -> Issued | None:
    """Write a new challenge; the caller holds the conversation's row.

    Returns:
        None when too many were asked for in the last hour.
    """
    if connection.dialect.name != "sqlite":
        # Two conversations may ask for the same customer at once: count one after the other.
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(customer))))
    # A code that signed somebody in was asked for by who reads it: it doesn't count.
    recent = challenge.c.created_at > now - timedelta(hours=1)
    unused = sa.func.coalesce(challenge.c.outcome, "") != Outcome.accepted.value
    for who in (challenge.c.conversation == conversation, challenge.c.customer == customer):
        count = sa.select(sa.func.count()).select_from(challenge).where(who, recent, unused)
        if connection.execute(count).scalar_one() >= PER_HOUR:
            return None
    code, salt = f"{secrets.randbelow(10**6):06d}", secrets.token_hex(16)
    result = connection.execute(
        sa.insert(challenge).values(
            conversation=conversation, customer=customer, salt=salt, digest=_digest(code, salt),
            created_at=now, expires_at=now + life, attempts=0,
        )
    )  # fmt: skip
    return Issued(result.inserted_primary_key[0], code)


def void(connection: Connection, number: int) -> None:
    """Let no code at all fit a challenge; it is awaited, and fails, like any other."""
    connection.execute(sa.update(challenge).where(challenge.c.id == number).values(digest=""))


def newest(connection: Connection, conversation: str) -> Any | None:
    """Return the newest challenge of a conversation."""
    query = sa.select(challenge).where(challenge.c.conversation == conversation)
    return connection.execute(query.order_by(challenge.c.id.desc()).limit(1)).one_or_none()


def awaited(row: Any, now: datetime) -> bool:
    """Tell whether a challenge waits for its code, or would still call it expired."""
    return row.outcome in _OPEN and now < row.expires_at + (row.expires_at - row.created_at)


def present(connection: Connection, row: Any, code: str, now: datetime) -> Outcome:
    """Compare a code with a challenge and write the outcome down; the caller holds the conversation's row."""
    if row.outcome not in _OPEN:
        return Outcome.none
    attempts = row.attempts
    if now >= row.expires_at:
        outcome = Outcome.expired
    else:
        attempts += 1
        digits = "".join(one for one in code if one in "0123456789")
        if hmac.compare_digest(_digest(digits, row.salt), row.digest):
            outcome = Outcome.accepted
        else:
            outcome = Outcome.exhausted if attempts >= ATTEMPTS else Outcome.wrong
    connection.execute(
        sa.update(challenge).where(challenge.c.id == row.id).values(attempts=attempts, outcome=outcome.value)
    )
    return outcome


def end(connection: Connection, conversation: str) -> None:
    """Await no code any more in a conversation."""
    waits = sa.or_(challenge.c.outcome.is_(None), challenge.c.outcome == Outcome.wrong.value)
    connection.execute(
        sa.update(challenge)
        .where(challenge.c.conversation == conversation, waits)
        .values(outcome=Outcome.none.value)
    )


def redeemed_before(connection: Connection, conversation: str, message: str) -> Redeemed | None:
    """Return what the code in a message came to when it was presented; None when it never was."""
    query = sa.select(presented_code).where(
        presented_code.c.conversation == conversation, presented_code.c.message == message
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else Redeemed(Outcome(row.outcome), row.holds)


def remember(connection: Connection, conversation: str, message: str, redeemed: Redeemed) -> None:
    """Write down what the code in a message came to; the caller holds the conversation's row."""
    connection.execute(
        sa.insert(presented_code).values(
            conversation=conversation, message=message,
            outcome=redeemed.outcome.value, holds=redeemed.conversation,
        )
    )  # fmt: skip


def _digest(code: str, salt: str) -> str:
    # Slow on purpose (about 10 ms): there are only a million codes.
    return hashlib.scrypt(code.encode(), salt=bytes.fromhex(salt), n=2**12, r=8, p=1, dklen=32).hex()
