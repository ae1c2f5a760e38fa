"""Who waits for whom. On SQLite a writing transaction holds the whole file; these locks are for PostgreSQL.

Every change first locks its customer, then accounts in the order of their ids. So two changes of one
customer never run at once; two of different customers meet only at accounts, and never wait in a circle.
"""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bank.errors import UnknownCustomer
from bank.tables import OUTSIDE
from bank.tables import account as account_table
from bank.tables import customer as customer_table


def lock_customer(connection: Connection, customer: str) -> None:
    """Hold a customer until the transaction ends.

    Raises:
        UnknownCustomer: nobody has this number.
    """
    row = sa.select(customer_table.c.number).where(customer_table.c.number == customer).with_for_update()
    if connection.execute(row).first() is None:
        raise UnknownCustomer(f"Expected a customer's number, found {customer!r}. Check its eight digits.")


def lock_accounts(connection: Connection, accounts: Iterable[int]) -> None:
    """Hold accounts until the transaction ends; the outside has no balance to guard."""
    own = sorted(set(accounts) - {OUTSIDE})
    rows = sa.select(account_table.c.id).where(account_table.c.id.in_(own))
    connection.execute(rows.order_by(account_table.c.id).with_for_update()).all()
