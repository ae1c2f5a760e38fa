"""Whom a customer can pay: saved payees, and the own accounts."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bank import iban as ibans
from bank.errors import AmbiguousPayee, InvalidIban, PayeeExists, UnknownAccount, UnknownPayee
from bank.locks import lock_customer
from bank.model import Payee
from bank.queries import account
from bank.tables import payee as payee_table
from bank.text import fits, folded, stored


def payees(connection: Connection, customer: str) -> list[Payee]:
    """Return the saved payees by name."""
    own = sa.select(payee_table).where(payee_table.c.customer == customer)
    return [Payee(row.name, row.iban) for row in connection.execute(own.order_by(payee_table.c.search))]


def payee(connection: Connection, customer: str, name: str) -> Payee:
    """Return a payee by name or IBAN; an own account when no saved payee fits."""
    saved = payees(connection, customer)
    exact = [one for one in saved if folded(one.name) == folded(name) or one.iban == ibans.clean(name)]
    found = exact or [one for one in saved if fits(name, (one.name,))]
    if len(found) > 1:
        raise AmbiguousPayee("payee", name, (one.name for one in found))
    if found:
        return found[0]
    try:
        own = account(connection, customer, name)
    except UnknownAccount:
        raise UnknownPayee(
            f"Expected a saved payee or one of your accounts, found {name!r}. Save it with an IBAN first."
        ) from None
    return Payee(own.name, own.iban, own=True)


def add(connection: Connection, customer: str, name: str, iban: str) -> Payee:
    """Save a payee."""
    number, label = ibans.clean(iban), stored(name, 80)
    search = folded(label)[:80]
    if not ibans.valid(number):
        raise InvalidIban(
            f"Expected an IBAN such as DE89 3704 0044 0532 0130 00, found {iban!r}. Check its digits."
        )
    if not search:
        raise UnknownPayee(f"Expected a name with letters, found {name!r}. Say who it is.")
    lock_customer(connection, customer)
    same = sa.select(payee_table).where(payee_table.c.customer == customer, payee_table.c.search == search)
    saved = connection.execute(same).first()
    if saved is None:
        connection.execute(
            sa.insert(payee_table).values(customer=customer, name=label, search=search, iban=number)
        )
    elif saved.iban != number:
        raise PayeeExists(f"Expected a new name, found {saved.name!r} with another IBAN. Use another name.")
    return Payee(saved.name if saved else label, number)
