"""Drafts: transfers that wait for a customer's yes. A newer one supersedes an older one."""

import uuid
from datetime import date, datetime, timedelta
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bank import deeds
from bank.errors import DraftDone, InvalidDate, SameAccount, UnknownDraft
from bank.locks import lock_customer
from bank.model import Account, Draft, Payee
from bank.money import cents, euros
from bank.payees import payee
from bank.queries import account
from bank.tables import account as account_table
from bank.tables import draft as draft_table

#: No transfer is scheduled further ahead.
FURTHEST = timedelta(days=366)


def parties(connection: Connection, customer: str, from_account: str, to: str) -> tuple[Account, Payee]:
    """Return who pays whom, or raise what `account` and `payee` raise, or SameAccount."""
    source, target = account(connection, customer, from_account), payee(connection, customer, to)
    if source.iban == target.iban:
        raise SameAccount(f"Expected another account than {source.name}, found the same. Name another one.")
    return source, target


def check_day(today: date, day: date) -> None:
    """Raise InvalidDate unless the day is today or within a year."""
    if not today <= day <= today + FURTHEST:
        raise InvalidDate(
            f"Expected a day from {today} to {today + FURTHEST}, found {day}. Give another one."
        )


def make(
    connection: Connection,
    now: datetime,
    customer: str,
    from_account: str,
    to: str,
    amount: Decimal,
    on: date | None,
    conversation: str,
) -> Draft:
    """Note down a transfer."""
    lock_customer(connection, customer)
    source, target = parties(connection, customer, from_account, to)
    size, due = cents(amount), on or now.date()
    check_day(now.date(), due)
    older = sa.and_(
        draft_table.c.customer == customer,
        draft_table.c.conversation == conversation,
        draft_table.c.state == "open",
    )
    connection.execute(sa.update(draft_table).where(older).values(state="superseded"))
    name = str(uuid.uuid4())
    connection.execute(
        sa.insert(draft_table).values(
            id=name, customer=customer, conversation=conversation, account=source.id, payee=target.name,
            iban=target.iban, amount=size, due=due, state="open", created_at=now,
        )
    )  # fmt: skip
    return get(connection, customer, name)


_AS_SEEN = sa.select(draft_table, account_table.c.name.label("account_name")).join(
    account_table, account_table.c.id == draft_table.c.account
)


def row(connection: Connection, customer: str, draft: str) -> sa.engine.Row:
    """Return the stored draft with its account's name, or raise UnknownDraft."""
    chosen = _AS_SEEN.where(draft_table.c.id == draft, draft_table.c.customer == customer)
    found = connection.execute(chosen).first()
    if found is None:
        raise UnknownDraft(f"Expected one of your drafts, found {draft!r}. Make a new one.")
    return found


def _seen(found: sa.engine.Row) -> Draft:
    return Draft(
        found.id, found.customer, found.conversation, found.account_name, found.payee, found.iban,
        euros(found.amount), found.due, found.state, found.created_at,
    )  # fmt: skip


def get(connection: Connection, customer: str, draft: str) -> Draft:
    """Return a draft, or raise UnknownDraft."""
    return _seen(row(connection, customer, draft))


def scheduled(connection: Connection, customer: str) -> list[Draft]:
    """Return the transfers that wait for their day."""
    waiting = _AS_SEEN.where(draft_table.c.customer == customer, draft_table.c.state == "scheduled")
    return [
        _seen(one)
        for one in connection.execute(waiting.order_by(draft_table.c.due, draft_table.c.created_at))
    ]


def cancel(connection: Connection, customer: str, draft: str, key: str) -> Draft:
    """Cancel a draft that isn't booked, and note the key."""
    lock_customer(connection, customer)
    found = row(connection, customer, draft)
    if found.state == "done":
        raise DraftDone(
            f"Expected a transfer that wasn't booked, found {draft} done. Ask the payee for it back."
        )
    if found.state in {"open", "scheduled"}:
        connection.execute(sa.update(draft_table).where(draft_table.c.id == draft).values(state="cancelled"))
    deeds.note(connection, customer, key, draft)
    return get(connection, customer, draft)
