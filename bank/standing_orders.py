"""Standing orders: payments that repeat by themselves."""

import calendar
from datetime import date, datetime, timedelta
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bank import deeds, ledger
from bank.drafts import check_day, parties
from bank.errors import InsufficientFunds, InvalidRhythm, UnknownStandingOrder
from bank.locks import lock_customer
from bank.model import StandingOrder
from bank.money import cents, euros
from bank.tables import account as account_table
from bank.tables import standing_order as order_table
from lam.storage import Database

RHYTHMS = ("weekly", "monthly")


def active(connection: Connection, customer: str) -> list[StandingOrder]:
    """Return the active standing orders, the next due first."""
    chosen = _AS_SEEN.where(order_table.c.customer == customer, order_table.c.state == "active")
    return [
        _seen(row) for row in connection.execute(chosen.order_by(order_table.c.next_on, order_table.c.id))
    ]


def create(
    connection: Connection,
    now: datetime,
    customer: str,
    from_account: str,
    to: str,
    amount: Decimal,
    first: date,
    rhythm: str,
    key: str,
) -> StandingOrder:
    """Set up a regular payment, once for each key."""
    lock_customer(connection, customer)
    ours = (order_table.c.customer == customer, order_table.c.key == key)
    made = connection.execute(sa.select(order_table.c.id).where(*ours)).scalar()
    if made is None:
        if rhythm not in RHYTHMS:
            raise InvalidRhythm(
                f"Expected one of {', '.join(RHYTHMS)}; found {rhythm!r}. Choose one of these."
            )
        source, target = parties(connection, customer, from_account, to)
        size = cents(amount)
        check_day(now.date(), first)
        made = connection.execute(
            sa.insert(order_table).values(
                customer=customer, key=key, account=source.id, payee=target.name, iban=target.iban,
                amount=size, rhythm=rhythm, first=first, next_on=first, state="active",
            )
        ).inserted_primary_key[0]  # fmt: skip
    return _seen(_row(connection, customer, made))


def cancel(connection: Connection, customer: str, order: int, key: str) -> StandingOrder:
    """Stop a regular payment, and note the key."""
    lock_customer(connection, customer)
    _row(connection, customer, order)
    _set(connection, order, state="cancelled")
    deeds.note(connection, customer, key, order)
    return _seen(_row(connection, customer, order))


def run_due(database: Database, now: datetime) -> int:
    """Book every payment whose day has come, each in its own transaction; return how many."""
    due = sa.select(order_table.c.customer, order_table.c.id)
    due = due.where(order_table.c.state == "active", order_table.c.next_on <= now.date())
    with database.read() as connection:
        waiting = connection.execute(due.order_by(order_table.c.next_on, order_table.c.id)).all()
    booked = 0
    for customer, order in waiting:
        more = True
        while more:
            with database.write() as connection:
                more, paid = _pay_next(connection, now, customer, order)
            booked += paid
    return booked


def _pay_next(connection: Connection, now: datetime, customer: str, order: int) -> tuple[bool, bool]:
    """Pay the next day that is due; return whether there was one, and whether it could be paid."""
    lock_customer(connection, customer)
    row = _row(connection, customer, order)
    if row.state != "active" or row.next_on > now.date():
        return False, False
    target, own = ledger.target(connection, customer, row.iban)
    kind = "own_transfer" if own else "standing_order"
    key = f"standing:{row.id}:{row.next_on}"
    _set(connection, order, next_on=_following(row))
    try:
        ledger.move(connection, now, key, kind, row.account, target, row.amount, row.payee)
    except InsufficientFunds:
        _set(connection, order, missed_on=row.next_on)
        return True, False
    return True, True


def _following(row: sa.engine.Row) -> date:
    """Return the day after `next_on` in the order's rhythm."""
    paid: date = row.next_on
    if row.rhythm == "weekly":
        return paid + timedelta(days=7)
    month = paid.replace(day=1) + timedelta(days=32)
    last = calendar.monthrange(month.year, month.month)[1]
    return month.replace(day=min(row.first.day, last))


_AS_SEEN = sa.select(order_table, account_table.c.name.label("account_name")).join(
    account_table, account_table.c.id == order_table.c.account
)


def _row(connection: Connection, customer: str, order: int) -> sa.engine.Row:
    chosen = _AS_SEEN.where(order_table.c.id == order, order_table.c.customer == customer)
    found = connection.execute(chosen).first()
    if found is None:
        raise UnknownStandingOrder(
            f"Expected one of your standing orders, found {order}. Look through the list."
        )
    return found


def _seen(row: sa.engine.Row) -> StandingOrder:
    return StandingOrder(
        row.id, row.account_name, row.payee, row.iban, euros(row.amount), row.rhythm, row.next_on, row.state,
        row.missed_on,
    )  # fmt: skip


def _set(connection: Connection, order: int, **values: object) -> None:
    connection.execute(sa.update(order_table).where(order_table.c.id == order).values(**values))
