"""Whatever is done in whatever order: every transaction sums to zero and nobody is overdrawn."""

import shutil
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bank
from bank.errors import BankError
from bank.seed import seed
from lam.storage import migrate, open_database
from tests.bank.conftest import ADA, ANNA, TODAY, Present

CUSTOMERS = st.sampled_from([ADA, ANNA, "10000003", "99999999"])
ACCOUNTS = st.sampled_from(["current", "savings", "joint"])
PAYEES = st.sampled_from(["ben", "anna", "savings", "joint", "current", "landlord", "nobody"])
AMOUNTS = st.decimals("-1", "4000", places=2)
DAYS = st.integers(-1, 3)
STEPS = st.one_of(
    st.tuples(st.just("transfer"), CUSTOMERS, ACCOUNTS, PAYEES, AMOUNTS, DAYS),
    st.tuples(st.just("again"), CUSTOMERS, st.integers(0, 5)),
    st.tuples(st.just("cancel"), CUSTOMERS, st.integers(0, 5)),
    st.tuples(st.just("standing"), CUSTOMERS, ACCOUNTS, PAYEES, AMOUNTS, DAYS),
    st.tuples(st.just("days"), DAYS),
)


class Counter:
    """What can be done at the bank; refers to drafts by their place from the end."""

    def __init__(self, file: Path) -> None:
        self.present = Present()
        self.bank = bank.Bank(open_database(f"sqlite:///{file}"), self.present)
        self.drafts = ["no draft"] * 6
        self.keys = iter(range(10**6))

    def transfer(self, customer: str, account: str, payee: str, amount: Decimal, days: int) -> None:
        day = self.present().date() + timedelta(days=days)
        draft = self.bank.draft_transfer(customer, account, payee, amount, day, "c")
        self.drafts.append(draft.id)
        self.bank.execute(customer, draft.id)

    def again(self, customer: str, back: int) -> None:
        self.bank.execute(customer, self.drafts[-1 - back])

    def cancel(self, customer: str, back: int) -> None:
        self.bank.cancel_transfer(customer, self.drafts[-1 - back])

    def standing(self, customer: str, account: str, payee: str, amount: Decimal, days: int) -> None:
        day = self.present().date() + timedelta(days=days)
        key = str(next(self.keys))
        self.bank.create_standing_order(customer, account, payee, amount, day, key, "weekly")

    def days(self, count: int) -> None:
        self.present.forward(max(count, 0))
        self.bank.run_due()


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A seeded bank in one file, for each example to copy."""
    file = tmp_path_factory.mktemp("bank") / "template.db"
    database = open_database(f"sqlite:///{file}")
    migrate(database, bank.MIGRATIONS)
    seed(database, TODAY, customers=3)
    database.close()
    return file


@settings(max_examples=25, deadline=None)
@given(steps=st.lists(STEPS, max_size=12))
def test_balanced_after_any_sequence(template: Path, steps: list[tuple]) -> None:
    counter = Counter(Path(shutil.copy(template, template.with_name("example.db"))))
    for name, *arguments in steps:
        try:
            getattr(counter, name)(*arguments)
        except BankError as refusal:
            assert "found" in str(refusal)
        assert counter.bank.balanced()
    counter.bank.database.close()
