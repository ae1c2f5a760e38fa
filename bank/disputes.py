"""Disputes: a case about one transaction that the customer doesn't agree with."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bank.errors import AlreadyDisputed, NotDisputable
from bank.locks import lock_customer
from bank.model import Case
from bank.queries import transaction
from bank.tables import dispute as dispute_table
from bank.text import stored


def dispute(connection: Connection, now: datetime, customer: str, number: int, reason: str, key: str) -> Case:
    """Open a case, once for each key and once for each transaction."""
    lock_customer(connection, customer)
    for one in _rows(connection, customer):
        if one.key == key:
            return _seen(connection, customer, one)
    disputed = transaction(connection, customer, number)
    if disputed.amount >= 0 or disputed.kind == "own_transfer":
        raise NotDisputable(
            f"Expected money that left to others, found {disputed.kind} of {disputed.amount}. Choose another."
        )
    made = connection.execute(
        sa.select(dispute_table.c.id).where(dispute_table.c.transaction == number)
    ).scalar()
    if made is not None:
        raise AlreadyDisputed(number, _number(made))
    connection.execute(
        sa.insert(dispute_table).values(
            customer=customer,
            key=key,
            transaction=number,
            reason=stored(reason, 500),
            state="open",
            opened_at=now,
        )
    )
    return cases(connection, customer)[0]


def cases(connection: Connection, customer: str) -> list[Case]:
    """Return the customer's cases, the newest first."""
    return [_seen(connection, customer, row) for row in _rows(connection, customer)]


def _rows(connection: Connection, customer: str) -> list[sa.engine.Row]:
    own = sa.select(dispute_table).where(dispute_table.c.customer == customer)
    return list(connection.execute(own.order_by(dispute_table.c.id.desc())))


def _seen(connection: Connection, customer: str, row: sa.engine.Row) -> Case:
    about = transaction(connection, customer, row.transaction)
    return Case(
        _number(row.id),
        row.transaction,
        about.counterparty,
        -about.amount,
        row.reason,
        row.state,
        row.opened_at,
    )


def _number(case: int) -> str:
    return f"C-{case:06d}"
