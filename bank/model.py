"""What the bank tells others: frozen values. Amounts are euros (`Decimal`, two places), times aware UTC."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True)
class Customer:
    """A person with a number of eight digits.

    Attributes:
        country: of residence, ISO 3166; None where nobody noted it down.
        risk_class: of the suitability test, from 1 (no loss at all) to 7; None without a test.
    """

    number: str
    name: str
    email: str
    phone: str
    street: str
    city: str
    born: date
    since: date
    daily_limit: Decimal
    country: str | None = None
    risk_class: int | None = None

    def age(self, today: date) -> int:
        """Whole years, on a day."""
        return today.year - self.born.year - ((today.month, today.day) < (self.born.month, self.born.day))

    @property
    def given_name(self) -> str:
        """The first name, for greetings."""
        return self.name.split()[0]

    @property
    def address(self) -> str:
        """Street and city in one line."""
        return f"{self.street}, {self.city}"


@dataclass(frozen=True)
class Account:
    """An account with its balance at the time of asking. Kind: current, savings or joint."""

    id: int
    name: str
    kind: str
    iban: str
    balance: Decimal
    currency: str


@dataclass(frozen=True)
class Transaction:
    """One booking as one account sees it: `amount` is negative when money left.

    Kind: card, cash, direct_debit, transfer, own_transfer, standing_order, salary, deposit, refund or fee.
    A transfer between own accounts shows up twice, once an account, with the same id.
    """

    id: int
    account: str
    booked_at: datetime
    kind: str
    counterparty: str
    category: str
    reference: str
    amount: Decimal


@dataclass(frozen=True)
class Payee:
    """Somebody who can be paid: saved by the customer, or (`own`) one of the customer's accounts."""

    name: str
    iban: str
    own: bool = False


@dataclass(frozen=True)
class Draft:
    """A transfer to be confirmed. State: open, superseded, cancelled, scheduled, done or failed."""

    id: str
    customer: str
    conversation: str
    account: str
    payee: str
    iban: str
    amount: Decimal
    on: date
    state: str
    created_at: datetime


@dataclass(frozen=True)
class Receipt:
    """What became of a draft. Status: done or scheduled. `balance`: of the paying account, right after it."""

    number: str
    draft: str
    status: str
    account: str
    payee: str
    iban: str
    amount: Decimal
    on: date
    booked_at: datetime | None
    balance: Decimal | None


@dataclass(frozen=True)
class StandingOrder:
    """A regular payment. Rhythm: weekly or monthly. State: active or cancelled."""

    id: int
    account: str
    payee: str
    iban: str
    amount: Decimal
    rhythm: str
    next_on: date
    state: str
    missed_on: date | None


@dataclass(frozen=True)
class Card:
    """A card. Kind: debit, credit or travel. Status: active, frozen, blocked (for good) or ordered."""

    id: int
    kind: str
    name: str
    ending: str
    status: str
    account: str
    expires: date


@dataclass(frozen=True)
class Order:
    """A replacement on its way. Status: ordered, sent or delivered, by the day of asking."""

    number: str
    old_ending: str
    new_ending: str
    reason: str
    address: str
    ordered_at: datetime
    arrives_from: date
    arrives_by: date
    status: str


@dataclass(frozen=True)
class Case:
    """A dispute of one transaction. State: open or closed."""

    number: str
    transaction: int
    counterparty: str
    amount: Decimal
    reason: str
    state: str
    opened_at: datetime


@dataclass(frozen=True)
class Product:
    """An entry of the catalogue. `rate`: percent a year, None where there is none; `fee`: euros a month."""

    id: str
    name: str
    kind: str
    summary: str
    features: tuple[str, ...]
    rate: Decimal | None
    fee: Decimal


@dataclass(frozen=True)
class Interaction:
    """What tied a customer to a product, and when. Kind: holding, view or accept."""

    customer: str
    product: str
    kind: str
    at: datetime


@dataclass(frozen=True)
class Rate:
    """How many units of a currency one euro buys."""

    currency: str
    name: str
    per_euro: Decimal
    on: date


@dataclass(frozen=True)
class Branch:
    """A place to go to. Kind: branch (with hours) or atm."""

    kind: str
    name: str
    street: str
    city: str
    hours: str


@dataclass(frozen=True)
class SentCode:
    """A one-time code as the demonstration's stand-in for a text message holds it."""

    id: int
    customer: str
    name: str
    code: str = field(repr=False)
    sent_at: datetime
