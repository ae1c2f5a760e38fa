"""Disputes: which payment is meant, and which can be disputed at all."""

from decimal import Decimal

from actions.disputes import AskDisputeConfirmed, AskDisputedTransaction, SubmitDispute, ValidateDisputeForm
from bank.model import Transaction
from tests.actions.conftest import ADA, Desk, found


def oldest(desk: Desk) -> Transaction:
    """A payment that is long out of the newest ones."""
    every = desk.bank.transactions(ADA, limit=2000)
    return next(one for one in reversed(every) if one.amount < 0 and one.kind == "card")


def test_an_old_payment_that_was_chosen_stays_chosen(desk: Desk) -> None:
    """Bug to keep out: the shop was looked up over all time, the chosen payment among the newest 200."""
    one = oldest(desk)
    assert one.id not in {recent.id for recent in desk.bank.transactions(ADA, limit=200)}
    chosen = desk.judge(ValidateDisputeForm(), "disputed_transaction", f"#{one.id}").slots
    assert chosen["disputed_transaction"] == f"#{one.id}"
    slots = {**chosen, "dispute_reason": "not mine", "dispute_confirmed": True, "draft": "a draft"}
    asked = desk.act(AskDisputeConfirmed(), slots=slots)
    assert asked.messages[0]["merchant"] == one.counterparty
    first, again = (desk.act(SubmitDispute(), slots=slots) for _ in range(2))
    assert first.messages == again.messages
    assert again.responses == ["utter_dispute_filed"]
    assert [case.transaction for case in desk.bank.cases(ADA)] == [one.id]


def test_another_customers_payment_is_not_found(desk: Desk) -> None:
    (theirs,) = desk.bank.transactions("10000002", limit=1)
    for given in (f"#{theirs.id}", "#999999999999999999999999"):
        told = desk.judge(ValidateDisputeForm(), "disputed_transaction", given)
        assert told.responses == ["utter_transaction_not_found"]


def test_an_amount_is_not_the_number_of_a_payment(desk: Desk) -> None:
    every = desk.bank.transactions(ADA, limit=200)
    sums = {-one.amount for one in every}
    one = next(one for one in every if one.amount < 0 and one.id not in sums)
    told = desk.judge(ValidateDisputeForm(), "disputed_transaction", str(one.id))
    assert told.responses == ["utter_transaction_not_found"]


def test_money_that_went_to_an_own_account_is_not_offered(desk: Desk) -> None:
    draft = desk.bank.draft_transfer(ADA, "current", "savings", Decimal(20))
    desk.bank.execute(ADA, draft.id)
    offered = desk.act(AskDisputedTransaction(), slots={"draft": ""}).buttons
    assert offered
    assert not any("account" in one["title"] for one in offered)
    told = desk.judge(ValidateDisputeForm(), "disputed_transaction", "savings")
    assert told.responses == ["utter_transaction_not_found"]


def test_a_payment_that_the_bank_does_not_let_dispute_is_said_so(desk: Desk) -> None:
    own = next(one for one in desk.bank.transactions(ADA, limit=400) if one.kind == "own_transfer")
    slots = {"disputed_transaction": f"#{own.id}", "dispute_reason": "why", "dispute_confirmed": True}
    told = desk.act(SubmitDispute(), slots={**slots, "draft": "a draft"})
    assert (told.responses, desk.bank.cases(ADA)) == (["utter_transaction_not_found"], [])


def test_several_payments_at_one_shop_are_offered(desk: Desk) -> None:
    kept = desk.judge(
        ValidateDisputeForm(), "disputed_transaction", "amazon", found("merchant", "amazon")
    ).slots
    assert kept == {"disputed_transaction": None, "draft": "amazon"}
    offered = desk.act(AskDisputedTransaction(), slots=kept).buttons
    assert all(one["title"].startswith("Amazon, ") and '"#' in one["payload"] for one in offered)
