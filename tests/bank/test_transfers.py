"""Transfers: from the draft to the receipt."""

from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from bank import Bank, errors
from bank.tables import OUTSIDE, posting
from tests.bank.conftest import ADA, ANNA, TODAY, Present

TEN = Decimal("10.00")


def current(bank: Bank, customer: str = ADA) -> Decimal:
    return bank.account(customer, "current").balance


def test_moves_money_once(lindenbank: Bank) -> None:
    before = current(lindenbank)
    draft = lindenbank.draft_transfer(ADA, "current", "maria", Decimal("49.95"), conversation="c")
    assert (draft.payee, draft.amount, draft.on, draft.state) == (
        "Maria Rossi",
        Decimal("49.95"),
        TODAY,
        "open",
    )
    assert current(lindenbank) == before
    receipt = lindenbank.execute(ADA, draft.id)
    assert (receipt.status, receipt.amount, receipt.balance) == (
        "done",
        Decimal("49.95"),
        before - Decimal("49.95"),
    )
    assert lindenbank.execute(ADA, draft.id) == receipt
    assert current(lindenbank) == before - Decimal("49.95")
    newest = lindenbank.transactions(ADA, limit=1)[0]
    assert (newest.counterparty, newest.amount, newest.booked_at) == (
        "Maria Rossi", Decimal("-49.95"), receipt.booked_at,
    )  # fmt: skip
    assert lindenbank.balanced()


def test_receipt_stays_the_same_after_later_bookings(lindenbank: Bank) -> None:
    draft = lindenbank.draft_transfer(ADA, "current", "ben", TEN, conversation="a")
    receipt = lindenbank.execute(ADA, draft.id)
    lindenbank.execute(ADA, lindenbank.draft_transfer(ADA, "current", "ben", TEN, conversation="a").id)
    assert lindenbank.execute(ADA, draft.id) == receipt


def test_between_own_accounts(lindenbank: Bank) -> None:
    before = [one.balance for one in lindenbank.accounts(ADA)]
    draft = lindenbank.draft_transfer(ADA, "current", "savings", TEN)
    lindenbank.execute(ADA, draft.id)
    assert [one.balance for one in lindenbank.accounts(ADA)] == [before[0] - TEN, before[1], before[2] + TEN]
    seen = lindenbank.transactions(ADA, limit=2)
    assert {(one.account, one.counterparty, one.amount) for one in seen} == {
        ("Current account", "Savings account", -TEN),
        ("Savings account", "Current account", TEN),
    }
    assert lindenbank.limit_left(ADA) == Decimal("5000.00")
    assert lindenbank.spending(ADA, TODAY, TODAY) == 0


def test_to_another_customer_arrives_under_the_payers_name(lindenbank: Bank) -> None:
    before = current(lindenbank, ANNA)
    lindenbank.execute(ADA, lindenbank.draft_transfer(ADA, "current", "Anna Kowalska", TEN).id)
    assert current(lindenbank, ANNA) == before + TEN
    arrived = lindenbank.transactions(ANNA, limit=1)[0]
    assert (arrived.counterparty, arrived.amount) == ("Ada Lindqvist", TEN)
    assert lindenbank.balanced()


def test_newer_draft_supersedes_older_one_of_the_same_conversation(lindenbank: Bank) -> None:
    older = lindenbank.draft_transfer(ADA, "current", "ben", TEN, conversation="c")
    elsewhere = lindenbank.draft_transfer(ADA, "current", "ben", TEN, conversation="d")
    lindenbank.draft_transfer(ADA, "current", "maria", TEN, conversation="c")
    with pytest.raises(errors.SupersededDraft, match="superseded") as refused:
        lindenbank.execute(ADA, older.id)
    assert refused.value.state == "superseded"
    assert lindenbank.execute(ADA, elsewhere.id).status == "done"


def test_done_draft_keeps_its_receipt_when_a_newer_one_is_made(lindenbank: Bank) -> None:
    draft = lindenbank.draft_transfer(ADA, "current", "ben", TEN, conversation="c")
    receipt = lindenbank.execute(ADA, draft.id)
    lindenbank.draft_transfer(ADA, "current", "maria", TEN, conversation="c")
    assert lindenbank.execute(ADA, draft.id) == receipt


def test_drafts_of_others_are_invisible(lindenbank: Bank) -> None:
    draft = lindenbank.draft_transfer(ADA, "current", "ben", TEN, conversation="c")
    lindenbank.execute(ADA, draft.id)
    for call in (lindenbank.draft, lindenbank.execute, lindenbank.cancel_transfer):
        with pytest.raises(errors.UnknownDraft):
            call(ANNA, draft.id)
    # The same conversation id under another customer supersedes nothing.
    kept = lindenbank.draft_transfer(ADA, "current", "ben", TEN, conversation="c")
    lindenbank.draft_transfer(ANNA, "current", lindenbank.payees(ANNA)[0].name, TEN, conversation="c")
    assert lindenbank.draft(ADA, kept.id).state == "open"


def test_funds_are_checked_at_execution(lindenbank: Bank) -> None:
    held = lindenbank.account(ADA, "joint").balance
    first = lindenbank.draft_transfer(ADA, "joint", "savings", held, conversation="a")
    second = lindenbank.draft_transfer(ADA, "joint", "savings", Decimal("0.01"), conversation="b")
    assert lindenbank.execute(ADA, first.id).balance == 0
    with pytest.raises(errors.InsufficientFunds, match=r"Expected at least 0\.01 .* found 0\.00") as refused:
        lindenbank.execute(ADA, second.id)
    assert refused.value.balance == 0
    # The refusal changed nothing: with money there, the same draft works.
    lindenbank.execute(ADA, lindenbank.draft_transfer(ADA, "savings", "joint", TEN, conversation="a").id)
    assert lindenbank.execute(ADA, second.id).status == "done"


def test_daily_limit(lindenbank: Bank, present: Present) -> None:
    lindenbank.execute(ADA, lindenbank.draft_transfer(ADA, "savings", "ben", Decimal("4990.00")).id)
    assert lindenbank.limit_left(ADA) == TEN
    draft = lindenbank.draft_transfer(ADA, "savings", "ben", Decimal("10.01"))
    with pytest.raises(errors.LimitExceeded) as refused:
        lindenbank.execute(ADA, draft.id)
    assert (refused.value.left, refused.value.limit) == (TEN, Decimal("5000.00"))
    present.forward(1)
    assert lindenbank.execute(ADA, draft.id).status == "done"


@pytest.mark.parametrize("amount", ["0", "-1", "0.001", "NaN", "Infinity", "1e30"])
def test_impossible_amounts(lindenbank: Bank, amount: str) -> None:
    with pytest.raises(errors.InvalidAmount, match="found"):
        lindenbank.draft_transfer(ADA, "current", "ben", Decimal(amount))


def test_impossible_parties_and_days(lindenbank: Bank) -> None:
    refusals = [
        (errors.UnknownAccount, "business", "ben", TODAY),
        (errors.UnknownPayee, "current", "nobody", TODAY),
        (errors.AmbiguousPayee, "current", "tomas", TODAY),
        (errors.SameAccount, "current", "current", TODAY),
        (errors.InvalidDate, "current", "ben", TODAY - timedelta(days=1)),
        (errors.InvalidDate, "current", "ben", TODAY + timedelta(days=400)),
    ]
    for refusal, account, payee, day in refusals:
        with pytest.raises(refusal):
            lindenbank.draft_transfer(ADA, account, payee, TEN, day)
    with pytest.raises(errors.UnknownCustomer):
        lindenbank.draft_transfer("19999999", "current", "ben", TEN)
    with pytest.raises(errors.UnknownDraft):
        lindenbank.execute(ADA, "no such draft")


def test_future_draft_is_scheduled_and_booked_on_its_day(lindenbank: Bank, present: Present) -> None:
    before = current(lindenbank)
    draft = lindenbank.draft_transfer(ADA, "current", "ben", TEN, TODAY + timedelta(days=3))
    receipt = lindenbank.execute(ADA, draft.id)
    assert (receipt.status, receipt.booked_at, receipt.on) == ("scheduled", None, TODAY + timedelta(days=3))
    assert lindenbank.execute(ADA, draft.id) == receipt
    assert [one.id for one in lindenbank.scheduled(ADA)] == [draft.id]
    assert lindenbank.run_due() == 0
    assert current(lindenbank) == before
    present.forward(3)
    assert (lindenbank.run_due(), lindenbank.run_due()) == (1, 0)
    assert current(lindenbank) == before - TEN
    assert lindenbank.execute(ADA, draft.id).status == "done"
    assert lindenbank.scheduled(ADA) == []


def test_scheduled_transfer_without_funds_fails_on_its_day(lindenbank: Bank, present: Present) -> None:
    held = lindenbank.account(ADA, "joint").balance
    draft = lindenbank.draft_transfer(ADA, "joint", "savings", held + TEN, TODAY + timedelta(days=1))
    lindenbank.execute(ADA, draft.id)
    present.forward(1)
    assert lindenbank.run_due() == 0
    assert lindenbank.draft(ADA, draft.id).state == "failed"
    with pytest.raises(errors.SupersededDraft, match="failed"):
        lindenbank.execute(ADA, draft.id)


def test_cancelling(lindenbank: Bank, present: Present) -> None:
    opened = lindenbank.draft_transfer(ADA, "current", "ben", TEN, conversation="a")
    planned = lindenbank.draft_transfer(ADA, "current", "ben", TEN, TODAY + timedelta(days=1), "b")
    lindenbank.execute(ADA, planned.id)
    for draft in (opened, planned):
        assert lindenbank.cancel_transfer(ADA, draft.id).state == "cancelled"
        assert lindenbank.cancel_transfer(ADA, draft.id).state == "cancelled"
        with pytest.raises(errors.SupersededDraft, match="cancelled"):
            lindenbank.execute(ADA, draft.id)
    present.forward(1)
    assert lindenbank.run_due() == 0
    done = lindenbank.draft_transfer(ADA, "current", "ben", TEN, conversation="a")
    lindenbank.execute(ADA, done.id)
    with pytest.raises(errors.DraftDone):
        lindenbank.cancel_transfer(ADA, done.id)


def test_outside_is_one_account(lindenbank: Bank) -> None:
    lindenbank.execute(ADA, lindenbank.draft_transfer(ADA, "current", "ben", TEN).id)
    with lindenbank.database.read() as connection:
        newest = sa.select(posting).order_by(posting.c.transaction.desc(), posting.c.amount).limit(2)
        sides = [(one.account, one.amount) for one in connection.execute(newest)]
    assert sides == [(10, -1000), (OUTSIDE, 1000)]
