"""Collects rows in memory and writes them in bulk."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, timedelta
from functools import cache
from random import Random
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bank import tables
from bank.catalogue import content
from bank.model import Interaction
from bank.seed.people import Person, own_iban
from bank.seed.year import Booking
from bank.text import folded

_DAILY_LIMIT = 5000_00
_NAMES = {"current": "Current account", "savings": "Savings account", "joint": "Joint account"}
_folded = cache(folded)


class Rows:
    """All rows of the seed; `write` gives transactions their ids in the order of time."""

    def __init__(self) -> None:
        self._rows: dict[sa.Table, list[dict[str, Any]]] = defaultdict(list)
        self._bookings: list[Booking] = []

    def add_products(self) -> None:
        """Add the catalogue."""
        for place, product in enumerate(content("products")):
            self._rows[tables.product].append({"place": place, **product})

    def add_person(self, random: Random, person: Person, until: date) -> None:
        """Add a customer with accounts, cards, payees and standing orders."""
        number, mail = person.number, folded(person.name).replace(" ", ".")
        self._rows[tables.customer].append({
            "number": number, "name": person.name, "email": f"{mail}@example.org",
            "phone": f"+49 30 5550 {person.place:04d}", "street": person.street, "city": person.city,
            "born": person.born, "since": person.since, "daily_limit": _DAILY_LIMIT,
            "country": person.country, "risk_class": person.risk_class,
        })  # fmt: skip
        for kind in person.targets:
            self._rows[tables.account].append({
                "id": person.account(kind), "customer": number, "name": _NAMES[kind], "kind": kind,
                "iban": own_iban(person.place, kind), "currency": "EUR",
            })  # fmt: skip
        for card in person.cards:
            self._rows[tables.card].append({
                "customer": number, "account": person.account("current"), **asdict(card),
                "expires": until.replace(day=1) + timedelta(days=random.randrange(60, 1400)),
            })  # fmt: skip
        for name, iban in person.payees:
            self._rows[tables.payee].append(
                {"customer": number, "name": name, "search": folded(name), "iban": iban}
            )
        self._add_rent(person, until)

    def _add_rent(self, person: Person, until: date) -> None:
        first = until if until.day == 1 else (until.replace(day=1) + timedelta(days=32)).replace(day=1)
        name, iban = person.payees[0]
        self._rows[tables.standing_order].append({
            "customer": person.number, "key": "rent", "account": person.account("current"), "payee": name,
            "iban": iban, "amount": person.rent, "rhythm": "monthly", "first": first, "next_on": first,
            "state": "active",
        })  # fmt: skip

    def add_bookings(self, bookings: Iterable[Booking]) -> None:
        """Add what happened on a customer's accounts."""
        self._bookings.extend(bookings)

    def add_interactions(self, interactions: Iterable[Interaction]) -> None:
        """Add what ties a customer to products."""
        self._rows[tables.interaction].extend(asdict(one) for one in interactions)

    def _add_transactions(self) -> None:
        postings = self._rows[tables.posting]
        for number, one in enumerate(sorted(self._bookings), start=1):
            self._rows[tables.transaction].append({
                "id": number, "booked_at": one.at, "kind": one.kind, "category": one.category,
                "reference": one.reference,
            })  # fmt: skip
            for account, cents, other in (
                (one.source, -one.cents, one.payee),
                (one.target, one.cents, one.payer),
            ):
                postings.append({
                    "transaction": number, "account": account, "amount": cents, "counterparty": other,
                    "search": _folded(other),
                })  # fmt: skip

    def write(self, connection: Connection) -> None:
        """Write everything, and let the database count on from there."""
        self._add_transactions()
        for table in tables.metadata.sorted_tables:
            if self._rows[table]:
                connection.execute(sa.insert(table), self._rows[table])
        if connection.dialect.name == "postgresql":
            for name in ("bank_account", "bank_transaction"):
                connection.exec_driver_sql(
                    f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), max(id)) FROM {name}"  # noqa: S608
                )
