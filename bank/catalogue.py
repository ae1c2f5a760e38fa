"""What anybody may know: products, rates, tariff, branches. Rates and places are read from `content/`."""

from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import yaml
from sqlalchemy.engine import Connection

from bank.errors import UnknownCurrency, UnknownProduct
from bank.model import Branch, Interaction, Product, Rate
from bank.tables import interaction as interaction_table
from bank.tables import product as product_table
from bank.text import fits, folded

_CONTENT = Path(__file__).parent.parent / "content"


@cache
def content(name: str) -> Any:
    """Return what `content/NAME.yml` holds, read once. Decimals are quoted there: none is a float."""
    return yaml.safe_load((_CONTENT / f"{name}.yml").read_text(encoding="utf-8"))


def products(connection: Connection) -> list[Product]:
    """Return the catalogue in its order."""
    return [
        _product(row) for row in connection.execute(sa.select(product_table).order_by(product_table.c.place))
    ]


def _product(row: sa.engine.Row) -> Product:
    rates = content("rates")
    rate = rates["interest_percent"].get(row.id)
    return Product(
        row.id, row.name, row.kind, row.summary, tuple(row.features), None if rate is None else Decimal(rate),
        Decimal(rates["monthly_fee"].get(row.id, "0.00")),
    )  # fmt: skip


def product(connection: Connection, name: str) -> Product:
    """Return one product by id or name, or raise UnknownProduct."""
    every = products(connection)
    found = [one for one in every if folded(name) in {folded(one.id), folded(one.name)}]
    found = found or [one for one in every if fits(name, (one.name,))]
    if len(found) != 1:
        listed = ", ".join(one.name for one in found or every)
        raise UnknownProduct(f"Expected one of: {listed}; found {name!r}. Name one of these.")
    return found[0]


def holdings(connection: Connection, customer: str) -> list[Product]:
    """Return the products that a customer has."""
    held = sa.select(interaction_table.c.product).where(
        interaction_table.c.customer == customer, interaction_table.c.kind == "holding"
    )
    chosen = sa.select(product_table).where(product_table.c.id.in_(held)).order_by(product_table.c.place)
    return [_product(row) for row in connection.execute(chosen)]


def interactions(connection: Connection) -> list[Interaction]:
    """Return all interactions in the order of their making."""
    rows = connection.execute(sa.select(interaction_table).order_by(interaction_table.c.id))
    return [Interaction(row.customer, row.product, row.kind, row.at) for row in rows]


def exchange_rates() -> list[Rate]:
    """Return the rates of all currencies."""
    rates = content("rates")
    return [
        Rate(code, one["name"], Decimal(one["per_euro"]), date.fromisoformat(rates["as_of"]))
        for code, one in rates["exchange"].items()
    ]


def exchange_rate(currency: str) -> Rate:
    """Return one currency's rate, or raise UnknownCurrency."""
    for one in exchange_rates():
        if one.currency == currency.strip().upper():
            return one
    listed = ", ".join(one.currency for one in exchange_rates())
    raise UnknownCurrency(f"Expected one of {listed}; found {currency!r}. Use one of these codes.")


def fees() -> dict[str, Decimal]:
    """Return the tariff."""
    return {name: Decimal(value) for name, value in content("rates")["tariff"].items()}


def branches(city: str, kind: str | None = None) -> list[Branch]:
    """Return the places of a city, branches first."""
    places = [
        Branch(one["kind"], one["name"], one["street"], town, one["hours"])
        for town, ones in content("branches").items()
        for one in ones
        if folded(town) == folded(city) and kind in {None, one["kind"]}
    ]
    return sorted(places, key=lambda one: one.kind != "branch")


def cities() -> list[str]:
    """Return the cities with a branch or an ATM."""
    return sorted(content("branches"))
