"""Cards: freezing, replacing, activating."""

import hashlib
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bank import deeds
from bank.errors import AmbiguousCard, CardBlocked, CardNotActive, UnknownCard
from bank.locks import lock_customer
from bank.model import Card, Order
from bank.tables import account as account_table
from bank.tables import card as card_table
from bank.tables import card_order as order_table
from bank.text import fits, folded, stored

#: Working days from an order to the letter box, at best and at worst.
DELIVERY = (3, 5)
_LIFE = timedelta(days=4 * 365)


def cards(connection: Connection, customer: str) -> list[Card]:
    """Return all cards of a customer."""
    columns = (card_table.c[one] for one in ("id", "kind", "name", "ending", "status", "expires"))
    joined = card_table.join(account_table, account_table.c.id == card_table.c.account)
    own = sa.select(*columns, account_table.c.name.label("account")).select_from(joined)
    rows = connection.execute(own.where(card_table.c.customer == customer).order_by(card_table.c.id))
    return [Card(**row._mapping) for row in rows]


def card(connection: Connection, customer: str, name: str) -> Card:
    """Return one card by ending, kind or name, or raise UnknownCard, AmbiguousCard."""
    own = cards(connection, customer)
    endings = [one for one in own if one.ending in folded(name).split()]
    found = endings or [one for one in own if one.status != "blocked" and fits(name, (one.kind, one.name))]
    if not found:
        listed = ", ".join(_label(one) for one in own) or "no cards"
        raise UnknownCard(f"Expected one of: {listed}; found {name!r}. Name one of these.")
    if len(found) > 1:
        raise AmbiguousCard("card", name, (_label(one) for one in found))
    return found[0]


def _label(one: Card) -> str:
    return f"{one.name} ending {one.ending}"


def freeze(connection: Connection, customer: str, card_id: int, key: str) -> Card:
    """Freeze a card, and note the key."""
    return _turn(connection, customer, card_id, "frozen", key)


def unfreeze(connection: Connection, customer: str, card_id: int, key: str) -> Card:
    """Make a frozen card work again, and note the key."""
    return _turn(connection, customer, card_id, "active", key)


def activate(connection: Connection, customer: str, card_id: int) -> Card:
    """Make an ordered card work; a frozen one stays frozen."""
    lock_customer(connection, customer)
    one = _usable(connection, customer, card_id)
    return _set(connection, customer, one, "active") if one.status == "ordered" else one


def _turn(connection: Connection, customer: str, card_id: int, status: str, key: str) -> Card:
    lock_customer(connection, customer)
    one = _usable(connection, customer, card_id)
    if one.status == "ordered":
        raise CardNotActive(
            f"Expected an activated card, found {_label(one)} just ordered. Activate it first."
        )
    deeds.note(connection, customer, key, one.id)
    return _set(connection, customer, one, status)


def _own(connection: Connection, customer: str, card_id: int) -> Card:
    for one in cards(connection, customer):
        if one.id == card_id:
            return one
    raise UnknownCard(f"Expected one of your cards, found {card_id}. Look through the list.")


def _usable(connection: Connection, customer: str, card_id: int) -> Card:
    one = _own(connection, customer, card_id)
    if one.status == "blocked":
        raise CardBlocked(
            f"Expected a usable card, found {_label(one)} blocked for good. Use its replacement."
        )
    return one


def _set(connection: Connection, customer: str, one: Card, status: str) -> Card:
    connection.execute(sa.update(card_table).where(card_table.c.id == one.id).values(status=status))
    return _own(connection, customer, one.id)


def replace(
    connection: Connection, now: datetime, customer: str, card_id: int, reason: str, address: str, key: str
) -> Order:
    """Block a card and order a new one, once for each key."""
    lock_customer(connection, customer)
    ours = (order_table.c.customer == customer, order_table.c.key == key)
    made = connection.execute(sa.select(order_table.c.id).where(*ours)).scalar()
    if made is None:
        old = _usable(connection, customer, card_id)
        _set(connection, customer, old, "blocked")
        made = connection.execute(
            sa.insert(order_table).values(
                customer=customer, key=key, old_card=old.id,
                new_card=_copy(connection, now, customer, old, key),
                reason=stored(reason, 500), address=stored(address, 255), ordered_at=now,
                arrives_from=_working_days(now.date(), DELIVERY[0]),
                arrives_by=_working_days(now.date(), DELIVERY[1]),
            )
        ).inserted_primary_key[0]  # fmt: skip
    return next(one for one in orders(connection, now, customer) if one.number == _number(made))


def _copy(connection: Connection, now: datetime, customer: str, old: Card, key: str) -> int:
    """Store the new card and return its id; its ending follows from the key and is new to the customer."""
    taken = {one.ending for one in cards(connection, customer)}
    ending = int(hashlib.sha256(key.encode()).hexdigest(), 16) % 10_000
    while f"{ending:04d}" in taken:
        ending = (ending + 1) % 10_000
    row = connection.execute(sa.select(card_table).where(card_table.c.id == old.id)).one()._mapping
    changed = {"ending": f"{ending:04d}", "status": "ordered", "expires": now.date() + _LIFE}
    values = {name: value for name, value in row.items() if name != "id"} | changed
    return int(connection.execute(sa.insert(card_table).values(**values)).inserted_primary_key[0])


def _working_days(day: date, count: int) -> date:
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day


def _number(order: int) -> str:
    return f"O-{order:06d}"


def orders(connection: Connection, now: datetime, customer: str) -> list[Order]:
    """Return ordered cards, the newest first."""
    old, new = card_table.alias("old"), card_table.alias("new")
    joined = order_table.join(old, old.c.id == order_table.c.old_card)
    joined = joined.join(new, new.c.id == order_table.c.new_card)
    own = sa.select(order_table, old.c.ending.label("old_ending"), new.c.ending.label("new_ending"))
    own = own.select_from(joined).where(order_table.c.customer == customer)
    return [
        Order(
            _number(row.id), row.old_ending, row.new_ending, row.reason, row.address, row.ordered_at,
            row.arrives_from, row.arrives_by, _status(now.date(), row),
        )
        for row in connection.execute(own.order_by(order_table.c.id.desc()))
    ]  # fmt: skip


def _status(today: date, order: sa.engine.Row) -> str:
    if today > order.arrives_by:
        return "delivered"
    return "sent" if today > order.ordered_at.date() else "ordered"
