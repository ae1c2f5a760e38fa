"""A small seeded bank, on each kind of database, with a clock that the test moves."""

from datetime import UTC, date, datetime, timedelta

import pytest

import bank
from bank.seed import seed
from lam.storage import Database, migrate

#: The first day without bookings, and the day on which the tests begin.
TODAY = date(2026, 11, 24)
ADA, ANNA = "10000001", "10000002"


class Present:
    """What time it is."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 24, 10, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, days: int) -> date:
        """Move on and return the new day."""
        self.now += timedelta(days=days)
        return self.now.date()


@pytest.fixture
def present() -> Present:
    return Present()


@pytest.fixture
def ledger(database: Database) -> Database:
    """A migrated database with three customers."""
    migrate(database, bank.MIGRATIONS)
    seed(database, TODAY, customers=3)
    return database


@pytest.fixture
def lindenbank(ledger: Database, present: Present) -> bank.Bank:
    return bank.Bank(ledger, present)
