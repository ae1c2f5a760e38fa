"""What the bank refuses, each with what it expected, what it found and what to do next."""

# Names of what happened read better without a suffix.
# ruff: noqa: N818

from collections.abc import Iterable
from decimal import Decimal


class BankError(Exception):
    """The bank refuses. Nothing was changed."""


class UnknownCustomer(BankError):
    """No customer has this number."""


class UnknownAccount(BankError):
    """The customer has no such account."""


class UnknownPayee(BankError):
    """The customer saved no such payee."""


class UnknownCard(BankError):
    """The customer has no such card."""


class UnknownTransaction(BankError):
    """None of the customer's accounts has this transaction."""


class UnknownDraft(BankError):
    """The customer has no such draft."""


class UnknownStandingOrder(BankError):
    """The customer has no such standing order."""


class UnknownProduct(BankError):
    """The catalogue has no such product."""


class UnknownCurrency(BankError):
    """There is no exchange rate for it."""


class Ambiguous(BankError):
    """Several fit; `choices` names them."""

    def __init__(self, what: str, found: str, choices: Iterable[str]) -> None:
        self.choices = tuple(choices)
        super().__init__(
            f"Expected the name of one {what}, found {found!r}: {', '.join(self.choices)}. Say which."
        )


class AmbiguousAccount(Ambiguous):
    """Several accounts fit the name."""


class AmbiguousPayee(Ambiguous):
    """Several payees fit the name."""


class AmbiguousCard(Ambiguous):
    """Several cards fit the name."""


class InvalidAmount(BankError):
    """Not a positive amount of whole cents, or too large for anybody."""


class InvalidDate(BankError):
    """A day that has passed or lies too far ahead."""


class InvalidIban(BankError):
    """The IBAN's check digits don't fit."""


class InvalidRhythm(BankError):
    """A rhythm that standing orders don't have."""


class SameAccount(BankError):
    """A transfer from an account to itself."""


class PayeeExists(BankError):
    """A payee of this name is saved already, with another IBAN."""


class SupersededDraft(BankError):
    """The draft can't be executed any more; `state` says why: superseded, cancelled or failed."""

    def __init__(self, draft: str, state: str) -> None:
        self.state = state
        super().__init__(f"Expected an open draft, found that {draft} is {state}. Make a new one.")


class DraftDone(BankError):
    """The transfer was booked and can't be taken back here."""


class InsufficientFunds(BankError):
    """The account holds too little: `balance` of it, `amount` wanted."""

    def __init__(self, account: str, balance: Decimal, amount: Decimal) -> None:
        self.account, self.balance, self.amount = account, balance, amount
        super().__init__(
            f"Expected at least {amount} on {account}, found {balance}. Take less or another account."
        )


class LimitExceeded(BankError):
    """More than the customer may send today: `left` of the day's `limit` remains."""

    def __init__(self, limit: Decimal, left: Decimal, amount: Decimal) -> None:
        self.limit, self.left, self.amount = limit, left, amount
        super().__init__(
            f"Expected at most {left} more today (limit {limit} a day), found {amount}. "
            "Send less, or another day."
        )


class CardBlocked(BankError):
    """The card is blocked for good, so nothing can be done with it."""


class CardNotActive(BankError):
    """The card was ordered but not activated yet."""


class NotDisputable(BankError):
    """Only money that left to somebody else can be disputed."""


class AlreadyDisputed(BankError):
    """The transaction has a case already; `case` is its number."""

    def __init__(self, transaction: int, case: str) -> None:
        self.case = case
        super().__init__(
            f"Expected an undisputed transaction, found {transaction} in case {case}. Refer to that."
        )
