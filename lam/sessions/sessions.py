"""`Sessions`: the one place that knows which customer a conversation belongs to."""

from lam.sessions.types import Challenge, CodeSender, Customer, Outcome, Redeemed
from lam.settings import Settings
from lam.storage import Database


class Sessions:
    """Sessions in a database. Threads and processes may share it."""

    def __init__(self, database: Database, settings: Settings, sender: CodeSender | None = None) -> None:
        """Args: `sender` brings one-time codes to customers; only who calls `challenge` needs one."""

    def start(self, channel: str, conversation: str | None = None) -> str:
        """Mint a conversation, or register a named one (`rest:NAME`); again: does nothing.

        Returns:
            the id to use: 32 hex digits, or the name, or what a named one has moved to (see `bind`).

        Raises:
            ValueError: the name isn't 1 to 200 printable characters.
        """
        raise NotImplementedError

    def token(self, conversation: str) -> str:
        """Sign a token that opens this conversation, and no other, for 30 days."""
        raise NotImplementedError

    def conversation_of(self, token: str) -> str:
        """Return the conversation that a token opens.

        Raises:
            InvalidSession: the token is forged or expired, the conversation is unknown or has moved.
        """
        raise NotImplementedError

    def customer(self, conversation: str) -> Customer | None:
        """Return who is signed in; None for nobody, signed out, or idle too long. Changes nothing."""
        raise NotImplementedError

    def fresh(self, conversation: str) -> bool:
        """Tell whether somebody signed in not longer ago than `settings.fresh_minutes` (payments ask)."""
        raise NotImplementedError

    def touch(self, conversation: str) -> None:
        """A message came in: the idle time starts anew; who was idle too long is signed out for good."""
        raise NotImplementedError

    def bind(self, conversation: str, customer: str) -> str:
        """Sign a customer in.

        A conversation belongs to the first customer that it was bound to, also after a sign-out: its
        history is theirs. Another customer gets a new conversation, and the old one ends.

        Returns:
            the conversation that the customer is signed in to.
        """
        raise NotImplementedError

    def identify(self, token: str) -> str:
        """Verify an identity token of a page that embeds the chat, and use it up.

        HS256 with `settings.embed_key`; claims `sub` (customer number), `iat`, `exp` (at most 5 minutes
        after `iat`) and `jti` (any string, accepted once).

        Returns:
            the customer number; `bind` it.

        Raises:
            InvalidIdentity: the token can't be accepted; the message says why.
        """
        raise NotImplementedError

    def sign_out(self, conversation: str) -> None:
        """Sign out; the conversation goes on, without a customer."""
        raise NotImplementedError

    def challenge(self, conversation: str, customer: str) -> Challenge:
        """Make a one-time code of six digits, send it to the customer; an older one ends.

        The answer is the same for customers that don't exist. Not more than five codes an hour a
        conversation and a customer (those that were used to sign in don't count).
        """
        raise NotImplementedError

    def pending(self, conversation: str) -> bool:
        """Tell whether a code is awaited: six digits in a message are then for `redeem`, for nobody else.

        An expired code is awaited for as long again, so that one typed late is called expired.
        """
        raise NotImplementedError

    def redeem(self, conversation: str, code: str) -> Redeemed:
        """Present a one-time code (`123456`, also `123 456`); accepted, it binds like `bind`."""
        raise NotImplementedError

    def last_outcome(self, conversation: str) -> Outcome | None:
        """Return what the newest code came to; None when there is none, or nobody presented it yet."""
        raise NotImplementedError
