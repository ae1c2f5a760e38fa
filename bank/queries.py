"""Reading the ledger: customers, accounts, transactions, spending."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bank import iban as ibans
from bank.errors import AmbiguousAccount, UnknownAccount, UnknownCustomer, UnknownTransaction
from bank.model import Account, Customer, Transaction
from bank.money import euros
from bank.tables import OUTSIDE
from bank.tables import account as account_table
from bank.tables import customer as customer_table
from bank.tables import posting as posting_table
from bank.tables import transaction as transaction_table
from bank.text import fits, folded, words

# The order in which accounts are listed.
_KINDS = sa.case({"current": 0, "joint": 1, "savings": 2}, value=account_table.c.kind, else_=3)


def customer(connection: Connection, number: str) -> Customer:
    """Return a customer, or raise UnknownCustomer."""
    row = connection.execute(sa.select(customer_table).where(customer_table.c.number == number)).first()
    if row is None:
        raise UnknownCustomer(f"Expected a customer's number, found {number!r}. Check its eight digits.")
    values = dict(row._mapping)
    return Customer(**{**values, "daily_limit": euros(values["daily_limit"])})


def balance(connection: Connection, account: int) -> int:
    """Return the cents on an account: the sum of its postings."""
    total = sa.select(sa.func.coalesce(sa.func.sum(posting_table.c.amount), 0))
    return int(connection.execute(total.where(posting_table.c.account == account)).scalar_one())


def accounts(connection: Connection, customer: str) -> list[Account]:
    """Return the customer's accounts with their balances."""
    own = sa.select(account_table).where(account_table.c.customer == customer)
    rows = connection.execute(own.order_by(_KINDS, account_table.c.id)).all()
    return [
        Account(row.id, row.name, row.kind, row.iban, euros(balance(connection, row.id)), row.currency)
        for row in rows
    ]


def account(connection: Connection, customer: str, name: str) -> Account:
    """Return one account by name, kind or IBAN, or raise UnknownAccount, AmbiguousAccount."""
    own = accounts(connection, customer)
    exact = [one for one in own if folded(one.name) == folded(name) or one.iban == ibans.clean(name)]
    found = exact or [one for one in own if fits(name, (one.name, one.kind))]
    if not found:
        listed = ", ".join(one.name for one in own) or "no accounts"
        raise UnknownAccount(f"Expected one of: {listed}; found {name!r}. Name one of these.")
    if len(found) > 1:
        raise AmbiguousAccount("account", name, (one.name for one in found))
    return found[0]


def start_of(day: date) -> datetime:
    """Return the moment in which a day begins."""
    return datetime.combine(day, time(), UTC)


def _booked(
    customer: str, since: date | None, until: date | None, merchant: str | None, *columns: sa.Column
) -> sa.sql.Select:
    """Select columns of transactions joined with the customer's own postings."""
    joined = posting_table.join(account_table).join(
        transaction_table, transaction_table.c.id == posting_table.c.transaction
    )
    chosen = sa.select(*columns).select_from(joined).where(account_table.c.customer == customer)
    if since is not None:
        chosen = chosen.where(transaction_table.c.booked_at >= start_of(since))
    if until is not None:
        chosen = chosen.where(transaction_table.c.booked_at < start_of(until + timedelta(days=1)))
    if merchant is not None:
        # Folded words hold letters and digits only, so there is nothing to escape in LIKE.
        parts = [posting_table.c.search.like(f"%{word}%") for word in words(merchant)]
        named = sa.and_(*parts) if parts else sa.false()
        chosen = chosen.where(sa.or_(named, transaction_table.c.category == folded(merchant)))
    return chosen


_AS_SEEN = (
    transaction_table.c.id,
    account_table.c.name.label("account"),
    transaction_table.c.booked_at,
    transaction_table.c.kind,
    posting_table.c.counterparty,
    transaction_table.c.category,
    transaction_table.c.reference,
    posting_table.c.amount,
)


def _seen(row: sa.engine.Row) -> Transaction:
    return Transaction(**{**row._mapping, "amount": euros(row.amount)})


def transactions(
    connection: Connection,
    customer: str,
    account_name: str | None,
    since: date | None,
    until: date | None,
    merchant: str | None,
    limit: int,
) -> list[Transaction]:
    """Return transactions, newest first."""
    chosen = _booked(customer, since, until, merchant, *_AS_SEEN)
    if account_name is not None:
        chosen = chosen.where(posting_table.c.account == account(connection, customer, account_name).id)
    newest = chosen.order_by(transaction_table.c.booked_at.desc(), transaction_table.c.id.desc()).limit(limit)
    return [_seen(row) for row in connection.execute(newest)]


def transaction(connection: Connection, customer: str, number: int) -> Transaction:
    """Return one transaction (the paying side, when both are own accounts), or raise UnknownTransaction."""
    chosen = _booked(customer, None, None, None, *_AS_SEEN).where(transaction_table.c.id == number)
    row = connection.execute(chosen.order_by(posting_table.c.amount)).first()
    if row is None:
        raise UnknownTransaction(f"Expected one of your transactions, found {number}. Look through the list.")
    return _seen(row)


# Money that left, less what shops gave back.
_SPENT = sa.and_(
    transaction_table.c.kind != "own_transfer",
    sa.or_(posting_table.c.amount < 0, transaction_table.c.kind == "refund"),
)


def spending(
    connection: Connection,
    customer: str,
    since: date,
    until: date,
    merchant: str | None,
    category: str | None,
) -> Decimal:
    """Return what was spent, positive."""
    total = -sa.func.coalesce(sa.func.sum(posting_table.c.amount), 0)
    chosen = _booked(customer, since, until, merchant, total).where(_SPENT)
    if category is not None:
        chosen = chosen.where(transaction_table.c.category == folded(category))
    return euros(connection.execute(chosen).scalar_one())


def spending_by_category(
    connection: Connection, customer: str, since: date, until: date
) -> list[tuple[str, Decimal]]:
    """Return what was spent by category, the largest first."""
    category, total = transaction_table.c.category, (-sa.func.sum(posting_table.c.amount)).label("total")
    chosen = _booked(customer, since, until, None, category, total).where(_SPENT).group_by(category)
    rows = connection.execute(chosen.order_by(sa.desc("total"), category))
    return [(row.category, euros(row.total)) for row in rows]


def balanced(connection: Connection) -> bool:
    """Whether all transactions sum to zero and no customer is overdrawn."""
    total = sa.func.sum(posting_table.c.amount)
    uneven = sa.select(posting_table.c.transaction).group_by(posting_table.c.transaction).having(total != 0)
    overdrawn = (
        sa.select(posting_table.c.account)
        .where(posting_table.c.account != OUTSIDE)
        .group_by(posting_table.c.account)
        .having(total < 0)
    )
    return not any(connection.execute(one.limit(1)).first() for one in (uneven, overdrawn))
