"""The one place where money moves: a transaction of postings that sum to zero."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bank.errors import InsufficientFunds
from bank.locks import lock_accounts
from bank.money import euros
from bank.queries import balance
from bank.tables import OUTSIDE
from bank.tables import account as account_table
from bank.tables import customer as customer_table
from bank.tables import posting as posting_table
from bank.tables import transaction as transaction_table
from bank.text import folded


def target(connection: Connection, customer: str, iban: str) -> tuple[int, bool]:
    """Return the account behind an IBAN (perhaps the outside), and whether the customer owns it."""
    held = sa.select(account_table.c.id, account_table.c.customer).where(account_table.c.iban == iban)
    row = connection.execute(held).first()
    return (OUTSIDE, False) if row is None else (int(row.id), row.customer == customer)


def move(
    connection: Connection,
    now: datetime,
    key: str,
    kind: str,
    source: int,
    target: int,
    amount: int,
    payee: str,
) -> int:
    """Book an amount from one account to another, once for each key.

    Args:
        connection: a writing transaction that holds the paying customer's lock.
        now: when it is booked.
        key: what the database refuses to book twice.
        kind: as in `Transaction`.
        source: the paying account.
        target: the receiving account.
        amount: cents, positive.
        payee: who gets it, as the payer knows them; a customer who gets it reads the payer's name.

    Returns:
        the transaction's id.

    Raises:
        InsufficientFunds: the paying account holds less.
    """
    lock_accounts(connection, (source, target))
    held = balance(connection, source)
    if held < amount:
        name = sa.select(account_table.c.name).where(account_table.c.id == source)
        raise InsufficientFunds(connection.execute(name).scalar_one(), euros(held), euros(amount))
    values = {"key": key, "booked_at": now, "kind": kind, "category": "transfers", "reference": ""}
    booked = connection.execute(sa.insert(transaction_table).values(**values)).inserted_primary_key[0]
    payer = _name(connection, source, kind)
    sides = ((source, -amount, payee), (target, amount, payer))
    connection.execute(
        sa.insert(posting_table),
        [
            {
                "transaction": booked,
                "account": one,
                "amount": size,
                "counterparty": other,
                "search": folded(other),
            }
            for one, size, other in sides
        ],
    )
    return int(booked)


def _name(connection: Connection, account: int, kind: str) -> str:
    """Return how the receiver knows the paying account: by its own name, or its holder's."""
    column = account_table.c.name if kind == "own_transfer" else customer_table.c.name
    joined = account_table.join(customer_table)
    name = sa.select(column).select_from(joined).where(account_table.c.id == account)
    return str(connection.execute(name).scalar_one())
