"""`Sessions`: the one place that knows which customer a conversation belongs to."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from lam.sessions import codes, epochs, tokens
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
    Renewed,
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
        with self._database.write() as connection:
            _add(connection, name, channel, self._settings.present())
            while (moved_to := _row(connection, name).moved_to) is not None:
                name = moved_to
        return name

    def token(self, conversation: str) -> str:
        """Sign a token that opens this conversation, and no other.

        It ends after 30 days, or when somebody signs in by a code or an identity token, signs out, or is
        idle too long.
        """
        with self._database.read() as connection:
            row = _row(connection, conversation)
        return self._sign(tokens.Opening(conversation, row.epoch if row is not None else 0))

    def conversation_of(self, token: str) -> str:
        """Return the conversation that a token opens.

        Raises:
            InvalidSession: the token is forged or has ended, the conversation is unknown or has moved.
        """
        opening = self._opening(token)
        with self._database.read() as connection:
            row = _row(connection, opening.conversation)
        if not self._opens(opening, row):
            raise InvalidSession(
                "The conversation is unknown or has ended, or somebody signed in or out: start a new session."
            )
        return opening.conversation

    def renewed(self, token: str, code: str, message: str) -> Renewed | None:
        """Return the token in the place of one that ended when its holder signed in by a code.

        Who signed in by it may ask again, when the answer was lost: with the same code in the same message.

        Args:
            token: of before the sign-in.
            message: names the message that brought the code, as for `redeem`.

        Returns:
            None when this code in this message isn't what ended this token.
        """
        given = self._given(token)
        if given is None:
            return None
        with self._database.read() as connection:
            signed_in = epochs.successor(connection, given, epochs.proof(message, code))
        if signed_in is None:
            return None
        return Renewed(self._sign(signed_in), signed_in.conversation, before=given.conversation)

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
        idle = sa.and_(session.c.seen_at < now - self._idle, session.c.signed_in_at.is_not(None))
        signed_in_at = sa.case((idle, sa.null()), else_=session.c.signed_in_at)
        epoch = sa.case((idle, session.c.epoch + 1), else_=session.c.epoch)
        with self._database.write() as connection:
            connection.execute(
                sa.update(session)
                .where(session.c.conversation == conversation)
                .values(seen_at=now, signed_in_at=signed_in_at, epoch=epoch)
            )

    def bind(self, conversation: str, customer: str) -> str:
        """Sign a customer in from outside: who holds the conversation's token is signed in by it.

        A conversation belongs to the first customer that it was bound to, also after a sign-out: its
        history is theirs. Another customer gets a new conversation, and the old one ends.

        Returns:
            the conversation that the customer is signed in to.
        """
        expect_name("Customer", customer, 64)
        with self._database.write() as connection:
            holds = self._bind(connection, conversation, customer)
            if holds != conversation:
                epochs.end_tokens(connection, conversation)
            return holds

    def identify(self, identity: str, token: str | None = None) -> str:
        """Sign in by an identity token of a page that embeds the chat, and use it up.

        HS256 with `settings.embed_key`; claims `sub` (customer number), `iat`, `exp` (at most 5 minutes
        after `iat`) and `jti` (any string, accepted once). It binds like `bind`. Presented again with
        the same session token, because the answer was lost, it gets the same and changes nothing.

        Args:
            token: of the page's session; with none, or one that opens nothing, a conversation is minted.

        Returns:
            the token of the session that is signed in; the one that was given has ended.

        Raises:
            InvalidIdentity: the identity token can't be accepted; the message says why.
        """
        now = self._settings.present()
        found = tokens.identity_in(identity, self._settings.embed_key, now)
        given, by = self._given(token), epochs.proof(found.jti)
        with self._database.write() as connection:
            connection.execute(sa.delete(used_identity).where(used_identity.c.expires_at <= now))
            new = {"jti": found.jti, "expires_at": found.expires_at}
            if insert_new(connection, used_identity, new):
                if given is None or not self._opens(given, _row(connection, given.conversation, hold=True)):
                    given = tokens.Opening(uuid4().hex, 0)
                    _add(connection, given.conversation, "web", now)
                self._bind(connection, given.conversation, found.customer)
                epochs.end_tokens(connection, given.conversation, by)
            signed_in = epochs.successor(connection, given, by) if given is not None else None
            if signed_in is None:
                raise InvalidIdentity("Identity token: it was used before. Make one for each sign-in.")
        return self._sign(signed_in)

    def sign_out(self, conversation: str) -> None:
        """Sign out; the conversation goes on, without a customer. Its tokens end, and it awaits no code."""
        with self._database.write() as connection:
            _update(connection, conversation, signed_in_at=None)
            epochs.end_tokens(connection, conversation)
            codes.end(connection, conversation)

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

    def redeem(self, conversation: str, code: str, message: str | None = None) -> Redeemed:
        """Present a one-time code (`123456`, also `123 456`); accepted, it binds like `bind`.

        Tokens of before end then: `renewed` gives the new one to who presented the code.

        Args:
            message: names the message that brought the code; the same again changes nothing, and gets what
                the first one got.
        """
        with self._database.write() as connection:
            _hold(connection, conversation, self._settings.present())
            if message is None:
                return self._redeem(connection, conversation, code, None)
            redeemed = codes.redeemed_before(connection, conversation, message)
            if redeemed is None:
                redeemed = self._redeem(connection, conversation, code, message)
                codes.remember(connection, conversation, message, redeemed)
            return redeemed

    def end_challenge(self, conversation: str) -> None:
        """Await no code any more: the sign-in was called off, so digits are an ordinary message again."""
        with self._database.write() as connection:
            codes.end(connection, conversation)

    def last_outcome(self, conversation: str) -> Outcome | None:
        """Return what the newest code came to; None when there is none, or nobody presented it yet."""
        with self._database.read() as connection:
            row = codes.newest(connection, conversation)
        return Outcome(row.outcome) if row is not None and row.outcome is not None else None

    def _sign(self, opening: tokens.Opening) -> str:
        return tokens.sign(opening, self._settings.session_key, self._settings.present())

    def _opening(self, token: str) -> tokens.Opening:
        return tokens.opened_by(token, self._settings.session_key, self._settings.present())

    def _given(self, token: str | None) -> tokens.Opening | None:
        try:
            return None if token is None else self._opening(token)
        except InvalidSession:
            return None

    def _opens(self, opening: tokens.Opening, row: Any) -> bool:
        if row is None or row.moved_to is not None or row.epoch != opening.epoch:
            return False
        # Who was idle too long is signed out, and what was said before is no longer to be read.
        return row.signed_in_at is None or row.seen_at >= self._settings.present() - self._idle

    @property
    def _idle(self) -> timedelta:
        return timedelta(minutes=self._settings.idle_minutes)

    def _redeem(self, connection: Connection, conversation: str, code: str, message: str | None) -> Redeemed:
        row = codes.newest(connection, conversation)
        outcome = Outcome.none
        if row is not None:
            outcome = codes.present(connection, row, code, self._settings.present())
        if row is None or outcome is not Outcome.accepted:
            return Redeemed(outcome, conversation)
        holds = self._bind(connection, conversation, row.customer)
        # Who copied a token before, on a shared computer, doesn't get to see what follows.
        by = epochs.proof(message, code) if message is not None else None
        epochs.end_tokens(connection, conversation, by)
        # They go along: the dialogue asks there what came of it, and no older code revives here.
        of_this = challenges.c.conversation == conversation
        connection.execute(sa.update(challenges).where(of_this).values(conversation=holds))
        return Redeemed(outcome, holds)

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


def _row(connection: Connection, conversation: str, hold: bool = False) -> Any:
    query = sa.select(session).where(session.c.conversation == conversation)
    return connection.execute(query.with_for_update() if hold else query).one_or_none()


def _hold(connection: Connection, conversation: str, now: datetime) -> Any:
    # Until the end of the transaction the row is ours. `rasa shell` has no edge that started it: add it.
    _add(connection, expect_name("Conversation", conversation, 200), "shell", now)
    query = sa.select(session).where(session.c.conversation == conversation).with_for_update()
    return connection.execute(query).one()


def _update(connection: Connection, conversation: str, **values: Any) -> None:
    connection.execute(sa.update(session).where(session.c.conversation == conversation).values(**values))
