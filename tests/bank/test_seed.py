"""The demonstration's data: the same every time, quickly made, plausible."""

import time
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

import bank
from bank import Bank, iban, tables
from bank.seed import seed
from lam.storage import Database, migrate, open_database
from tests.bank.conftest import ADA, TODAY, Present


def filled(file: Path, customers: int, until: date = TODAY) -> Database:
    database = open_database(f"sqlite:///{file}")
    migrate(database, bank.MIGRATIONS)
    assert seed(database, until, customers=customers)
    return database


def contents(database: Database) -> dict[str, list[Any]]:
    with database.read() as connection:
        return {
            table.name: connection.execute(sa.select(table).order_by(*table.primary_key)).all()
            for table in tables.metadata.sorted_tables
        }


def test_is_the_same_every_time(tmp_path: Path) -> None:
    one, two = (contents(filled(tmp_path / name, 12)) for name in ("one.db", "two.db"))
    assert one == two


def test_people_do_not_depend_on_how_many_there_are(tmp_path: Path) -> None:
    few, many = (contents(filled(tmp_path / f"{count}.db", count)) for count in (3, 9))
    assert many["bank_customer"][:3] == few["bank_customer"]


def test_does_nothing_the_second_time(ledger: Database) -> None:
    before = contents(ledger)
    assert not seed(ledger, TODAY + timedelta(days=9), customers=5)
    assert contents(ledger) == before


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    """The whole demonstration, made within its time."""
    start = time.process_time()
    database = filled(tmp_path_factory.mktemp("bank") / "bank.db", 200)
    # Seconds of this process, so that busy neighbours don't count.
    assert time.process_time() - start < 10
    return Bank(database, Present())


def test_two_hundred_customers_with_a_year_behind_them(whole: Bank) -> None:
    rows = contents(whole.database)
    assert len(rows["bank_customer"]) == 200
    assert {row.number for row in rows["bank_customer"]} == {str(10_000_001 + place) for place in range(200)}
    assert len(rows["bank_transaction"]) > 200 * 250
    days = [row.booked_at.date() for row in rows["bank_transaction"]]
    assert min(days) == TODAY - timedelta(days=366)
    assert max(days) == TODAY - timedelta(days=1)
    kinds = {row.kind for row in rows["bank_transaction"]}
    assert {"card", "cash", "direct_debit", "salary", "standing_order", "refund", "transfer"} <= kinds
    assert whole.balanced()
    own = [row.iban for row in rows["bank_account"] if row.iban]
    assert len(set(own)) == len(own)
    assert all(iban.valid(number) for number in [*own, *(row.iban for row in rows["bank_payee"])])


def test_no_account_was_ever_below_zero(whole: Bank) -> None:
    running: dict[int, int] = {}
    for row in contents(whole.database)["bank_posting"]:
        running[row.account] = running.get(row.account, 0) + row.amount
        assert row.account == tables.OUTSIDE or running[row.account] >= 0, row


def test_interactions_follow_ways_of_life(whole: Bank) -> None:
    """Who holds a fund holds another one more often than others do: there is something to recommend by."""
    every = whole.product_interactions()
    assert {one.kind for one in every} == {"holding", "view", "accept"}
    assert {one.product for one in every} == {one.id for one in whole.products()}
    held: dict[str, set[str]] = {}
    for one in every:
        if one.kind == "holding":
            held.setdefault(one.customer, set()).add(one.product)
    assert len(held) == 200
    with_global = [products for products in held.values() if "global-fund" in products]
    without = [products for products in held.values() if "global-fund" not in products]
    share = [sum("green-fund" in one for one in group) / len(group) for group in (with_global, without)]
    assert share[0] > 2 * share[1]


@pytest.mark.parametrize("until", [TODAY, date(2026, 11, 28), date(2028, 2, 29), date(2027, 1, 1)])
def test_demonstration_customer(tmp_path: Path, until: date) -> None:
    lindenbank = Bank(filled(tmp_path / "bank.db", 2, until), Present())
    ada = lindenbank.customer(ADA)
    assert (ada.name, ada.given_name, ada.address) == ("Ada Lindqvist", "Ada", "Lindenstrasse 24, Berlin")
    assert [(one.kind, one.balance) for one in lindenbank.accounts(ADA)] == [
        ("current", Decimal("3512.80")),
        ("joint", Decimal("1530.25")),
        ("savings", Decimal("8120.00")),
    ]
    assert [(one.kind, one.ending, one.status) for one in lindenbank.cards(ADA)] == [
        ("debit", "4821", "active"),
        ("credit", "9034", "active"),
        ("travel", "1177", "frozen"),
    ]
    amazon = lindenbank.transactions(ADA, merchant="amazon", since=until - timedelta(days=4))
    assert [one.amount for one in amazon] == [Decimal("-59.90"), Decimal("-59.90")]
    for merchant in ("Lidl", "Netflix", "Shell petrol station"):
        assert lindenbank.transactions(ADA, merchant=merchant, since=until - timedelta(days=6))
    assert lindenbank.standing_orders(ADA)[0].next_on >= until
