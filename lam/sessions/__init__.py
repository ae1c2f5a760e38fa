"""Who a conversation belongs to: tokens, sign-in by one-time code or identity token, freshness, sign-out."""

from lam.sessions.sessions import Sessions
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

__all__ = [
    "Challenge",
    "CodeSender",
    "Customer",
    "InvalidIdentity",
    "InvalidSession",
    "Outcome",
    "Redeemed",
    "Renewed",
    "Sessions",
]
