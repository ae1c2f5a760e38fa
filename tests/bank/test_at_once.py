"""Many at once, and death around the commit: the ledger balances, no draft executes twice."""

import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from bank import Bank, errors
from bank.tables import transaction
from lam.storage import Database, open_database
from tests.bank.conftest import ADA, ANNA, Present

ROOT = Path(__file__).parents[2]


def execute(bank: Bank, customer: str, draft: str) -> str:
    try:
        return bank.execute(customer, draft).status
    except errors.BankError as refusal:
        return type(refusal).__name__


def booked(bank: Bank, draft: str) -> int:
    count = sa.select(sa.func.count()).where(transaction.c.key == f"draft:{draft}")
    with bank.database.read() as connection:
        return connection.execute(count).scalar_one()


def test_fifty_transfers_that_would_overdraw(lindenbank: Bank) -> None:
    held = lindenbank.account(ADA, "joint").balance
    size = (held / 20).quantize(Decimal("0.01"), rounding="ROUND_DOWN")
    drafts = [
        lindenbank.draft_transfer(ADA, "joint", "ben", size, conversation=str(number)).id
        for number in range(50)
    ]
    with ThreadPoolExecutor(50) as pool:
        outcomes = Counter(pool.map(lambda draft: execute(lindenbank, ADA, draft), drafts))
    assert outcomes == {"done": 20, "InsufficientFunds": 30}
    assert lindenbank.account(ADA, "joint").balance == held - 20 * size >= 0
    assert lindenbank.balanced()


def test_fifty_times_the_same_draft(lindenbank: Bank) -> None:
    before = lindenbank.account(ADA, "current").balance
    draft = lindenbank.draft_transfer(ADA, "current", "ben", Decimal("1.00")).id
    with ThreadPoolExecutor(50) as pool:
        receipts = set(pool.map(lambda _: lindenbank.execute(ADA, draft), range(50)))
    assert len(receipts) == 1
    assert (booked(lindenbank, draft), lindenbank.account(ADA, "current").balance) == (1, before - 1)


def test_limit_holds_across_accounts(lindenbank: Bank) -> None:
    """Bug to keep out: a limit checked per account lets two accounts send twice as much."""
    drafts = [
        lindenbank.draft_transfer(
            ADA, account, "ben", Decimal("1000.00"), conversation=f"{account} {number}"
        ).id
        for account in ("savings", "current")
        for number in range(3)
    ]
    with ThreadPoolExecutor(6) as pool:
        outcomes = Counter(pool.map(lambda draft: execute(lindenbank, ADA, draft), drafts))
    assert outcomes == {"done": 5, "LimitExceeded": 1}


def test_two_customers_who_pay_each_other_do_not_wait_in_a_circle(lindenbank: Bank) -> None:
    to_ada = lindenbank.add_payee(ANNA, "Ada", lindenbank.account(ADA, "current").iban).name
    ways = [(ADA, "Anna Kowalska"), (ANNA, to_ada)] * 15
    drafts = [
        (
            payer,
            lindenbank.draft_transfer(payer, "current", payee, Decimal("1.00"), conversation=str(number)).id,
        )
        for number, (payer, payee) in enumerate(ways)
    ]
    with ThreadPoolExecutor(30) as pool:
        assert set(pool.map(lambda one: execute(lindenbank, *one), drafts)) == {"done"}
    assert lindenbank.balanced()


# Executes a draft and kills its own process with signal 9: amid the bookings, right before COMMIT,
# or right after it, before anybody hears of it.
_MORTAL = """
import os, signal, sys
from datetime import UTC, datetime
import sqlalchemy as sa
from bank import Bank
from lam.storage import open_database

url, customer, draft, moment = sys.argv[1:]
database = open_database(url)

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

def after_insert(connection, cursor, statement, *_):
    if statement.startswith("INSERT INTO bank_posting"):
        die()

def at_commit(connection):
    if connection.get_execution_options().get("lam_write"):
        if moment == "after":
            connection.connection.commit()
        die()

if moment == "middle":
    sa.event.listen(database.engine, "after_cursor_execute", after_insert)
else:
    sa.event.listen(database.engine, "commit", at_commit)
Bank(database, lambda: datetime(2026, 11, 24, 10, tzinfo=UTC)).execute(customer, draft)
"""


@pytest.mark.parametrize("moment", ["middle", "before", "after"])
def test_killed_around_the_commit(
    database_url: str, lindenbank: Bank, ledger: Database, present: Present, moment: str
) -> None:
    before = lindenbank.account(ADA, "current").balance
    draft = lindenbank.draft_transfer(ADA, "current", "ben", Decimal("75.00")).id
    mortal = [sys.executable, "-c", _MORTAL, database_url, ADA, draft, moment]
    died = subprocess.run(mortal, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert died.returncode == -9, died.stderr
    fresh = Bank(open_database(database_url), present)
    assert fresh.balanced()
    assert booked(fresh, draft) == (moment == "after")
    assert fresh.draft(ADA, draft).state == ("done" if moment == "after" else "open")
    assert fresh.execute(ADA, draft).balance == before - 75
    assert (booked(fresh, draft), fresh.account(ADA, "current").balance) == (1, before - 75)
    assert fresh.balanced()
    fresh.database.close()
