"""The bank's counter: all that others may ask of it. Thread-safe; every call is one transaction.

Every method that takes a customer sees and touches only what belongs to that customer. Names of accounts,
payees, cards and merchants are matched without regard to case and accents; the beginning of a word is enough.
Refusals are `bank.errors.BankError`; after one, nothing has changed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from bank import cards, catalogue, deeds, disputes, drafts, payees, queries, standing_orders, transfers
from bank.model import (
    Account,
    Branch,
    Card,
    Case,
    Customer,
    Draft,
    Interaction,
    Order,
    Payee,
    Product,
    Rate,
    Receipt,
    StandingOrder,
    Transaction,
)
from lam.storage import Database


def _clock() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Bank:
    """The ledger of one bank.

    Args:
        database: migrated with `bank.MIGRATIONS`.
        present: what time it is, aware; `settings.present` in the assistant.
    """

    database: Database
    present: Callable[[], datetime] = _clock

    def done(self, customer: str, key: str) -> str | None:
        """Return the id of what a call with this key cancelled, froze or unfroze; None without one."""
        with self.database.read() as connection:
            return deeds.subject_of(connection, customer, key)

    # Who and what

    def customer(self, number: str) -> Customer:
        """Return a customer.

        Raises:
            UnknownCustomer: nobody has this number.
        """
        with self.database.read() as connection:
            return queries.customer(connection, number)

    def accounts(self, customer: str) -> list[Account]:
        """Return the customer's accounts with their balances now, the current account first."""
        with self.database.read() as connection:
            return queries.accounts(connection, customer)

    def account(self, customer: str, name: str) -> Account:
        """Return one account by its name ("savings"), kind or IBAN.

        Raises:
            UnknownAccount: none fits.
            AmbiguousAccount: several fit.
        """
        with self.database.read() as connection:
            return queries.account(connection, customer, name)

    def transactions(
        self,
        customer: str,
        account: str | None = None,
        since: date | None = None,
        until: date | None = None,
        merchant: str | None = None,
        limit: int = 10,
    ) -> list[Transaction]:
        """Return transactions, newest first.

        Args:
            customer: whose.
            account: name, kind or IBAN of one account; all by default.
            since: first day, inclusive.
            until: last day, inclusive.
            merchant: a part of the counterparty's name, or a category such as "groceries".
            limit: at most so many.

        Raises:
            UnknownAccount: no account has this name.
            AmbiguousAccount: several accounts fit.
        """
        with self.database.read() as connection:
            return queries.transactions(connection, customer, account, since, until, merchant, limit)

    def transaction(self, customer: str, transaction: int) -> Transaction:
        """Return one transaction of the customer.

        Raises:
            UnknownTransaction: none of the customer's accounts has it.
        """
        with self.database.read() as connection:
            return queries.transaction(connection, customer, transaction)

    def spending(
        self,
        customer: str,
        since: date,
        until: date,
        merchant: str | None = None,
        category: str | None = None,
    ) -> Decimal:
        """Return what was spent from `since` to `until` (both inclusive): money that left, less refunds.

        Transfers between own accounts don't count. `merchant` may also be a category's name.
        """
        with self.database.read() as connection:
            return queries.spending(connection, customer, since, until, merchant, category)

    def spending_by_category(self, customer: str, since: date, until: date) -> list[tuple[str, Decimal]]:
        """Return (category, amount) of what was spent, the largest first."""
        with self.database.read() as connection:
            return queries.spending_by_category(connection, customer, since, until)

    # Payees and transfers

    def payees(self, customer: str) -> list[Payee]:
        """Return the saved payees by name."""
        with self.database.read() as connection:
            return payees.payees(connection, customer)

    def payee(self, customer: str, name: str) -> Payee:
        """Return a payee by name ("maria", "my landlord") or IBAN; an own account's name fits too (`own`).

        Raises:
            UnknownPayee: none fits.
            AmbiguousPayee, AmbiguousAccount: several fit.
        """
        with self.database.read() as connection:
            return payees.payee(connection, customer, name)

    def add_payee(self, customer: str, name: str, iban: str) -> Payee:
        """Save a payee; the same name and IBAN again changes nothing.

        Raises:
            InvalidIban: the check digits don't fit.
            PayeeExists: the name is saved with another IBAN.
            UnknownPayee: the name holds no letter.
        """
        with self.database.write() as connection:
            return payees.add(connection, customer, name, iban)

    def draft_transfer(
        self,
        customer: str,
        from_account: str,
        payee: str,
        amount: Decimal,
        on: date | None = None,
        conversation: str = "",
    ) -> Draft:
        """Note down a transfer for confirmation. Open drafts of the same conversation are superseded.

        Args:
            customer: who pays.
            from_account: name, kind or IBAN of the paying account.
            payee: name or IBAN of a saved payee, or the name of another own account.
            amount: euros, positive, whole cents.
            on: the day; today by default.
            conversation: where it was asked for.

        Raises:
            UnknownAccount, AmbiguousAccount, UnknownPayee, AmbiguousPayee, SameAccount: no such parties.
            InvalidAmount: not positive, not whole cents, or too large.
            InvalidDate: in the past or more than a year ahead.
        """
        with self.database.write() as connection:
            return drafts.make(
                connection, self.present(), customer, from_account, payee, amount, on, conversation
            )

    def draft(self, customer: str, draft: str) -> Draft:
        """Return a draft of the customer.

        Raises:
            UnknownDraft: the customer has none with this id.
        """
        with self.database.read() as connection:
            return drafts.get(connection, customer, draft)

    def execute(self, customer: str, draft: str) -> Receipt:
        """Execute a draft: book it now, or schedule it when its day is still to come.

        All in one transaction. Calling it again, also at the same time, returns the same receipt.

        Raises:
            UnknownDraft: the customer has none with this id.
            SupersededDraft: a newer draft replaced it, or it was cancelled, or failed on its day.
            InsufficientFunds: the account holds too little now.
            LimitExceeded: more than the customer may send to others today.
        """
        with self.database.write() as connection:
            return transfers.execute(connection, self.present(), customer, draft)

    def cancel_transfer(self, customer: str, draft: str, key: str = "") -> Draft:
        """Cancel an open draft or a scheduled transfer; again changes nothing. `done` finds it by its key.

        Raises:
            UnknownDraft: the customer has none with this id.
            DraftDone: the money has left.
        """
        with self.database.write() as connection:
            return drafts.cancel(connection, customer, draft, key)

    def scheduled(self, customer: str) -> list[Draft]:
        """Return the transfers that wait for their day, the next one first."""
        with self.database.read() as connection:
            return drafts.scheduled(connection, customer)

    def limit_left(self, customer: str) -> Decimal:
        """Return how much the customer may still send to others today."""
        with self.database.read() as connection:
            return transfers.limit_left(connection, self.present(), customer)

    # Standing orders

    def standing_orders(self, customer: str) -> list[StandingOrder]:
        """Return the active standing orders, the next due first."""
        with self.database.read() as connection:
            return standing_orders.active(connection, customer)

    def create_standing_order(
        self,
        customer: str,
        from_account: str,
        payee: str,
        amount: Decimal,
        first: date,
        key: str,
        rhythm: str = "monthly",
    ) -> StandingOrder:
        """Set up a regular payment. The same `key` again returns what it made.

        Raises:
            UnknownAccount, AmbiguousAccount, UnknownPayee, AmbiguousPayee, SameAccount, InvalidAmount,
            InvalidDate: as in `draft_transfer`.
            InvalidRhythm: neither weekly nor monthly.
        """
        with self.database.write() as connection:
            return standing_orders.create(
                connection, self.present(), customer, from_account, payee, amount, first, rhythm, key
            )

    def cancel_standing_order(self, customer: str, order: int, key: str = "") -> StandingOrder:
        """Stop a regular payment; again changes nothing. `done` finds it by its key.

        Raises:
            UnknownStandingOrder: the customer has none with this id.
        """
        with self.database.write() as connection:
            return standing_orders.cancel(connection, customer, order, key)

    def run_due(self) -> int:
        """Execute what is due: scheduled transfers and standing orders. Safe to call at any time.

        Returns:
            how many were booked. One that can't be paid is marked failed (or missed) and not tried again.
        """
        booked = transfers.run_due(self.database, self.present())
        return booked + standing_orders.run_due(self.database, self.present())

    # Cards and disputes

    def cards(self, customer: str) -> list[Card]:
        """Return all cards, also blocked ones."""
        with self.database.read() as connection:
            return cards.cards(connection, customer)

    def card(self, customer: str, name: str) -> Card:
        """Return one card by its ending ("4821"), kind ("debit") or name; blocked ones only by ending.

        Raises:
            UnknownCard: none fits.
            AmbiguousCard: several fit.
        """
        with self.database.read() as connection:
            return cards.card(connection, customer, name)

    def freeze(self, customer: str, card: int, key: str = "") -> Card:
        """Freeze a card for now; a frozen one stays so. `done` finds it by its key.

        Raises:
            UnknownCard, CardBlocked, CardNotActive: it can't be.
        """
        with self.database.write() as connection:
            return cards.freeze(connection, customer, card, key)

    def unfreeze(self, customer: str, card: int, key: str = "") -> Card:
        """Make a frozen card work again; an active one stays so. `done` finds it by its key.

        Raises:
            UnknownCard, CardBlocked, CardNotActive: it can't be.
        """
        with self.database.write() as connection:
            return cards.unfreeze(connection, customer, card, key)

    def activate_card(self, customer: str, card: int) -> Card:
        """Activate a card that was ordered; an active one stays so.

        Raises:
            UnknownCard, CardBlocked: it can't be.
        """
        with self.database.write() as connection:
            return cards.activate(connection, customer, card)

    def replace_card(self, customer: str, card: int, reason: str, address: str, key: str) -> Order:
        """Block a card for good and order a new one. The same `key` again returns the same order.

        Raises:
            UnknownCard: the customer has none with this id.
            CardBlocked: it was replaced before.
        """
        with self.database.write() as connection:
            return cards.replace(connection, self.present(), customer, card, reason, address, key)

    def card_orders(self, customer: str) -> list[Order]:
        """Return ordered cards, the newest first."""
        with self.database.read() as connection:
            return cards.orders(connection, self.present(), customer)

    def dispute(self, customer: str, transaction: int, reason: str, key: str) -> Case:
        """Open a case about one transaction. The same `key` again returns the same case.

        Raises:
            UnknownTransaction: none of the customer's accounts has it.
            NotDisputable: no money left to somebody else.
            AlreadyDisputed: it has a case.
        """
        with self.database.write() as connection:
            return disputes.dispute(connection, self.present(), customer, transaction, reason, key)

    def cases(self, customer: str) -> list[Case]:
        """Return the customer's cases, the newest first."""
        with self.database.read() as connection:
            return disputes.cases(connection, customer)

    # What anybody may know

    def products(self) -> list[Product]:
        """Return the catalogue."""
        with self.database.read() as connection:
            return catalogue.products(connection)

    def product(self, name: str) -> Product:
        """Return a product by id ("easy-saver") or name.

        Raises:
            UnknownProduct: not exactly one fits.
        """
        with self.database.read() as connection:
            return catalogue.product(connection, name)

    def holdings(self, customer: str) -> list[Product]:
        """Return the products that the customer has."""
        with self.database.read() as connection:
            return catalogue.holdings(connection, customer)

    def product_interactions(self) -> list[Interaction]:
        """Return who holds, viewed or accepted which product: what a recommender learns from."""
        with self.database.read() as connection:
            return catalogue.interactions(connection)

    def exchange_rate(self, currency: str) -> Rate:
        """Return a currency's rate by its code ("USD").

        Raises:
            UnknownCurrency: there is none.
        """
        return catalogue.exchange_rate(currency)

    def exchange_rates(self) -> list[Rate]:
        """Return all rates."""
        return catalogue.exchange_rates()

    def fees(self) -> dict[str, Decimal]:
        """Return the tariff by name: euros, or percent where the name ends in `_percent`."""
        return catalogue.fees()

    def branches(self, city: str, kind: str | None = None) -> list[Branch]:
        """Return branches and ATMs (`kind`: branch or atm) of a city; empty where there are none."""
        return catalogue.branches(city, kind)

    def cities(self) -> list[str]:
        """Return the cities with a branch or an ATM."""
        return catalogue.cities()

    def balanced(self) -> bool:
        """Whether every transaction sums to zero and no customer's account is below zero."""
        with self.database.read() as connection:
            return queries.balanced(connection)
