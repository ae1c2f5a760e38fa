"""Executing drafts: atomic, once for each draft, funds and limit checked at that moment."""

from datetime import datetime, timedelta
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bank import drafts, ledger
from bank.errors import InsufficientFunds, LimitExceeded, SupersededDraft
from bank.locks import lock_customer
from bank.model import Receipt
from bank.money import euros
from bank.queries import customer as get_customer
from bank.queries import start_of
from bank.tables import account as account_table
from bank.tables import draft as draft_table
from bank.tables import posting as posting_table
from bank.tables import transaction as transaction_table
from lam.storage import Database


def execute(connection: Connection, now: datetime, customer: str, draft: str) -> Receipt:
    """Book a draft or schedule it, and return its receipt; when that was done before, only the receipt."""
    lock_customer(connection, customer)
    found = drafts.row(connection, customer, draft)
    if found.state == "open" and found.due > now.date():
        _set(connection, draft, state="scheduled")
    elif found.state == "open":
        _book(connection, now, found)
    elif found.state not in {"scheduled", "done"}:
        raise SupersededDraft(draft, found.state)
    return _receipt(connection, drafts.row(connection, customer, draft))


def limit_left(connection: Connection, now: datetime, customer: str) -> Decimal:
    """Return what may still be sent to others today."""
    sent = (
        sa.select(sa.func.coalesce(sa.func.sum(posting_table.c.amount), 0))
        .select_from(posting_table.join(account_table).join(transaction_table))
        .where(account_table.c.customer == customer, posting_table.c.amount < 0)
        .where(transaction_table.c.kind == "transfer", transaction_table.c.booked_at >= start_of(now.date()))
        .where(transaction_table.c.booked_at < start_of(now.date() + timedelta(days=1)))
    )
    limit = get_customer(connection, customer).daily_limit
    return max(limit + euros(connection.execute(sent).scalar_one()), Decimal("0.00"))


def run_due(database: Database, now: datetime) -> int:
    """Book the scheduled transfers whose day has come, each in its own transaction; return how many."""
    due = sa.select(draft_table.c.customer, draft_table.c.id)
    due = due.where(draft_table.c.state == "scheduled", draft_table.c.due <= now.date())
    with database.read() as connection:
        waiting = connection.execute(due.order_by(draft_table.c.due, draft_table.c.created_at)).all()
    booked = 0
    for customer, draft in waiting:
        with database.write() as connection:
            booked += _book_scheduled(connection, now, customer, draft)
    return booked


def _book_scheduled(connection: Connection, now: datetime, customer: str, draft: str) -> bool:
    lock_customer(connection, customer)
    found = drafts.row(connection, customer, draft)
    # Meanwhile it may have been cancelled, or booked by another process.
    if found.state != "scheduled":
        return False
    try:
        _book(connection, now, found)
    except (InsufficientFunds, LimitExceeded):
        _set(connection, draft, state="failed")
        return False
    return True


def _book(connection: Connection, now: datetime, draft: sa.engine.Row) -> None:
    target, own = ledger.target(connection, draft.customer, draft.iban)
    left = limit_left(connection, now, draft.customer)
    if not own and euros(draft.amount) > left:
        raise LimitExceeded(get_customer(connection, draft.customer).daily_limit, left, euros(draft.amount))
    kind = "own_transfer" if own else "transfer"
    booked = ledger.move(
        connection, now, f"draft:{draft.id}", kind, draft.account, target, draft.amount, draft.payee
    )
    _set(connection, draft.id, state="done", transaction=booked)


def _set(connection: Connection, draft: str, **values: object) -> None:
    connection.execute(sa.update(draft_table).where(draft_table.c.id == draft).values(**values))


def _receipt(connection: Connection, draft: sa.engine.Row) -> Receipt:
    booked_at = balance = None
    if draft.transaction is not None:
        at = sa.select(transaction_table.c.booked_at).where(transaction_table.c.id == draft.transaction)
        booked_at = connection.execute(at).scalar_one()
        # Bookings of one account wait for one another, so their ids grow in the order of booking.
        until = sa.select(sa.func.sum(posting_table.c.amount)).where(
            posting_table.c.account == draft.account, posting_table.c.transaction <= draft.transaction
        )
        balance = euros(connection.execute(until).scalar_one())
    return Receipt(
        f"P-{draft.id[:8].upper()}", draft.id, draft.state, draft.account_name, draft.payee, draft.iban,
        euros(draft.amount), draft.due, booked_at, balance,
    )  # fmt: skip
