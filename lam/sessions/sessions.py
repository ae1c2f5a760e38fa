"""`Sessions`: the one place that knows which customer a conversation belongs to."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from lam.sessions import codes, tokens
from lam.sessions.tables import challenge as challenges
from lam.sessions.tables import session, used_identity
from lam.sessions.types import (
    Challenge,
    CodeSender,
    Customer,
    InvalidIdentity,
    InvalidSession,
    Outcome,
    Redeemed,
)
from lam.settings import Settings
from lam.storage import Database, expect_name, insert_new


class Sessions:
    """Sessions in a database. Threads and processes may share it."""

    def __init__(self, database: Database, settings: Settings, sender: CodeSender | None = None) -> None:
        """Args: `sender` brings one-time codes to customers; only who calls `challenge` needs one."""
        self._database = database
        self._settings = settings
        self._sender = sender

    def start(self, channel: str, conversation: str | None = None) -> str:
        """Mint a conversation, or register a named one (`rest:NAME`); again: does nothing.

        Returns:
            the id to use: 32 hex digits, or the name, or what a named one has moved to (see `bind`).

        Raises:
            ValueError: the name isn't 1 to 200 printable characters.
        """
        name = expect_name("Conversation", conversation, 200) if conversation is not None else uuid4().hex
        now = self._settings.present()
        with self._database.write() as connection:
            _add(connection, name, channel, now)
            while (moved_to := _row(connection, name).moved_to) is not None:
                name = moved_to
        return name

    def token(self, conversation: str) -> str:
        """Sign a token that opens this conversation, and no other, for 30 days."""
        return tokens.sign(conversation, self._settings.session_key, self._settings.present())

    def conversation_of(self, token: str) -> str:
        """Return the conversation that a token opens.

        Raises:
            InvalidSession: the token is forged or expired, the conversation is unknown or has moved.
        """
        conversation = tokens.opened_by(token, self._settings.session_key, self._settings.present())
        with self._database.read() as connection:
            row = _row(connection, conversation)
        if row is None or row.moved_to is not None:
            raise InvalidSession("The conversation is unknown or has ended: start a new session.")
        return conversation

    def customer(self, conversation: str) -> Customer | None:
        """Return who is signed in; None for nobody, signed out, or idle too long. Changes nothing."""
        with self._database.read() as connection:
            row = _row(connection, conversation)
        if row is None or row.signed_in_at is None or row.seen_at < self._settings.present() - self._idle:
            return None
        return Customer(row.customer, row.signed_in_at)

    def fresh(self, conversation: str) -> bool:
        """Tell whether somebody signed in not longer ago than `settings.fresh_minutes` (payments ask)."""
        customer = self.customer(conversation)
        age = timedelta(minutes=self._settings.fresh_minutes)
        return customer is not None and customer.signed_in_at >= self._settings.present() - age

    def touch(self, conversation: str) -> None:
        """A message came in: the idle time starts anew; who was idle too long is signed out for good."""
        now = self._settings.present()
        # One statement, so that a sign-in at the same time isn't undone.
        idle = session.c.seen_at < now - self._idle
        signed_in_at = sa.case((idle, sa.null()), else_=session.c.signed_in_at)
        with self._database.write() as connection:
            connection.execute(
                sa.update(session)
                .where(session.c.conversation == conversation)
                .values(seen_at=now, signed_in_at=signed_in_at)
            )

    def bind(self, conversation: str, customer: str) -> str:
        """Sign a customer in.

        A conversation belongs to the first customer that it was bound to, also after a sign-out: its
        history is theirs. Another customer gets a new conversation, and the old one ends.

        Returns:
            the conversation that the customer is signed in to.
        """
        expect_name("Customer", customer, 64)
        with self._database.write() as connection:
            return self._bind(connection, conversation, customer)

    def identify(self, token: str) -> str:
        """Verify an identity token of a page that embeds the chat, and use it up.

        HS256 with `settings.embed_key`; claims `sub` (customer number), `iat`, `exp` (at most 5 minutes
        after `iat`) and `jti` (any string, accepted once).

        Returns:
            the customer number; `bind` it.

        Raises:
            InvalidIdentity: the token can't be accepted; the message says why.
        """
        now = self._settings.present()
        identity = tokens.identity_in(token, self._settings.embed_key, now)
        with self._database.write() as connection:
            connection.execute(sa.delete(used_identity).where(used_identity.c.expires_at <= now))
            if not insert_new(
                connection, used_identity, {"jti": identity.jti, "expires_at": identity.expires_at}
            ):
                raise InvalidIdentity("Identity token: it was used before. Make one for each sign-in.")
        return identity.customer

    def sign_out(self, conversation: str) -> None:
        """Sign out; the conversation goes on, without a customer."""
        with self._database.write() as connection:
            connection.execute(
                sa.update(session).where(session.c.conversation == conversation).values(signed_in_at=None)
            )

    def challenge(self, conversation: str, customer: str) -> Challenge:
        """Make a one-time code of six digits, send it to the customer; an older one ends.

        The answer is the same for customers that don't exist. Not more than five codes an hour a
        conversation and a customer (those that were used to sign in don't count).
        """
        if self._sender is None:
            raise RuntimeError("Expected a sender for one-time codes, found none: Sessions(…, sender=…).")
        expect_name("Customer", customer, 64)
        now, life = self._settings.present(), timedelta(minutes=self._settings.code_minutes)
        with self._database.write() as connection:
            _hold(connection, conversation, now)
            issued = codes.issue(connection, conversation, customer, now, life)
        # Committed before it is sent: a code that is on its way can be redeemed. Whether the customer
        # exists stays here.
        if issued is not None and not self._sender.send(customer, issued.code):
            with self._database.write() as connection:
                codes.void(connection, issued.challenge)
        return Challenge(sent=issued is not None, expires_at=now + life)

    def pending(self, conversation: str) -> bool:
        """Tell whether a code is awaited: six digits in a message are then for `redeem`, for nobody else.

        An expired code is awaited for as long again, so that one typed late is called expired.
        """
        with self._database.read() as connection:
            row = codes.newest(connection, conversation)
        return row is not None and codes.awaited(row, self._settings.present())

    def redeem(self, conversation: str, code: str) -> Redeemed:
        """Present a one-time code (`123456`, also `123 456`); accepted, it binds like `bind`."""
        now = self._settings.present()
        with self._database.write() as connection:
            _hold(connection, conversation, now)
            row = codes.newest(connection, conversation)
            outcome = Outcome.none if row is None else codes.present(connection, row, code, now)
            if row is None or outcome is not Outcome.accepted:
                return Redeemed(outcome, conversation)
            holds = self._bind(connection, conversation, row.customer)
            # They go along: the dialogue asks there what came of it, and no older code revives here.
            of_this = challenges.c.conversation == conversation
            connection.execute(sa.update(challenges).where(of_this).values(conversation=holds))
            return Redeemed(outcome, holds)

    def last_outcome(self, conversation: str) -> Outcome | None:
        """Return what the newest code came to; None when there is none, or nobody presented it yet."""
        with self._database.read() as connection:
            row = codes.newest(connection, conversation)
        return Outcome(row.outcome) if row is not None and row.outcome is not None else None

    @property
    def _idle(self) -> timedelta:
        return timedelta(minutes=self._settings.idle_minutes)

    def _bind(self, connection: Connection, conversation: str, customer: str) -> str:
        now = self._settings.present()
        row = _hold(connection, conversation, now)
        holds = conversation
        if row.moved_to is not None or row.customer not in (None, customer):
            holds = uuid4().hex
            _add(connection, holds, row.channel, now)
            _update(connection, conversation, moved_to=holds, signed_in_at=None)
        _update(connection, holds, customer=customer, signed_in_at=now, seen_at=now)
        return holds


def _add(connection: Connection, conversation: str, channel: str, now: datetime) -> None:
    values = {"conversation": conversation, "channel": channel, "created_at": now, "seen_at": now}
    insert_new(connection, session, values)


def _row(connection: Connection, conversation: str) -> Any:
    return connection.execute(sa.select(session).where(session.c.conversation == conversation)).one_or_none()


def _hold(connection: Connection, conversation: str, now: datetime) -> Any:
    # Until the end of the transaction the row is ours. `rasa shell` has no edge that started it: add it.
    _add(connection, expect_name("Conversation", conversation, 200), "shell", now)
    query = sa.select(session).where(session.c.conversation == conversation).with_for_update()
    return connection.execute(query).one()


def _update(connection: Connection, conversation: str, **values: Any) -> None:
    connection.execute(sa.update(session).where(session.c.conversation == conversation).values(**values))
