"""What crosses the border of `lam.sessions`."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class InvalidSession(Exception):  # noqa: N818
    """A session token is forged, expired, or of a conversation that is unknown or has ended."""


class InvalidIdentity(InvalidSession):
    """An identity token can't be accepted; the message says why."""


class Outcome(StrEnum):
    """What became of a one-time code."""

    accepted = "accepted"
    wrong = "wrong"  # it may be tried again
    expired = "expired"
    exhausted = "exhausted"  # wrong five times
    none = "none"  # no code was awaited


@dataclass(frozen=True)
class Customer:
    """Who is signed in to a conversation."""

    number: str
    signed_in_at: datetime


@dataclass(frozen=True)
class Challenge:
    """The answer to "send me a code"; the same for customers that don't exist.

    Attributes:
        sent: False only when too many codes were asked for, by this conversation or for this customer.
        expires_at: when the code ends.
    """

    sent: bool
    expires_at: datetime


@dataclass(frozen=True)
class Redeemed:
    """What a presented code did, and the conversation that goes on: a new one for another customer."""

    outcome: Outcome
    conversation: str


@dataclass(frozen=True)
class Renewed:
    """A session token in the place of one that ended by its holder's sign-in.

    Attributes:
        conversation: what the token opens.
        before: what the one that ended opened; another one when another customer has signed in.
    """

    token: str
    conversation: str
    before: str


class CodeSender(Protocol):
    """Brings a one-time code to a customer by a way that only the customer reads."""

    def send(self, customer: str, code: str) -> bool:
        """Send the code; return False when there is no such customer."""
