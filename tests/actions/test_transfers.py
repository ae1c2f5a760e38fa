"""Sending money and calling it off."""

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from actions.payments import CancelStandingOrder, CancelTransfer
from actions.transfers import AskTransferConfirmed, OpenTransfer, ValidateTransferForm
from tests.actions.conftest import ADA, TODAY, Desk, found


def plan(desk: Desk, amount: str, days: int = 3) -> str:
    on = TODAY + timedelta(days=days)
    draft = desk.bank.draft_transfer(ADA, "current", "ben", Decimal(amount), on)
    desk.bank.execute(ADA, draft.id)
    return draft.id


def pressed(button: dict[str, str]) -> list[dict[str, Any]]:
    """The entities that a button's payload carries."""
    payload = button["payload"]
    return [found(name, value) for name, value in json.loads(payload[payload.index("{") :]).items()]


def test_two_planned_transfers_to_one_payee_can_be_told_apart(desk: Desk) -> None:
    plan(desk, "20.00"), plan(desk, "20.00", days=4)
    asked = desk.act(CancelTransfer(), found("payee", "ben"), text="cancel my transfer to ben")
    assert asked.responses == ["utter_which_transfer"]
    assert [one["title"] for one in asked.buttons] == [
        "Ben Carter, €20.00, 27 November 2026", "Ben Carter, €20.00, 28 November 2026",
    ]  # fmt: skip
    told = desk.act(CancelTransfer(), *pressed(asked.buttons[1]), id="2")
    assert told.responses == ["utter_transfer_cancelled"]
    assert [one.on for one in desk.bank.scheduled(ADA)] == [TODAY + timedelta(days=3)]


def test_a_planned_transfer_that_nobody_named_is_asked_about_first(desk: Desk) -> None:
    plan(desk, "20.00")
    for entities in ([], [found("payee", "Maria")]):
        asked = desk.act(CancelTransfer(), *entities, text="cancel the transfer")
        assert (asked.responses, len(asked.buttons)) == (["utter_which_transfer"], 1)
    assert len(desk.bank.scheduled(ADA)) == 1


def test_a_planned_transfer_is_called_off_by_the_words_for_its_payee(desk: Desk) -> None:
    draft = desk.bank.draft_transfer(ADA, "current", "landlord", Decimal(9), TODAY + timedelta(days=1))
    desk.bank.execute(ADA, draft.id)
    told = desk.act(CancelTransfer(), found("payee", "my landlord"))
    assert told.responses == ["utter_transfer_cancelled"]


@pytest.mark.parametrize("draft", ["sent", "not a draft"])
def test_a_button_for_a_transfer_that_is_gone_calls_nothing_off(draft: str, desk: Desk) -> None:
    sent = desk.bank.draft_transfer(ADA, "current", "ben", Decimal(5))
    desk.bank.execute(ADA, sent.id)
    told = desk.act(CancelTransfer(), found("draft", sent.id if draft == "sent" else draft))
    assert told.responses == ["utter_transfer_not_cancellable"]


def test_a_transfer_is_called_off_once_and_said_again_when_the_turn_is_run_again(desk: Desk) -> None:
    plan(desk, "20.00"), plan(desk, "30.00")
    other = desk.bank.draft_transfer(ADA, "current", "maria", Decimal(9), TODAY + timedelta(days=1))
    desk.bank.execute(ADA, other.id)
    first, again = (desk.act(CancelTransfer(), found("payee", "maria"), id="7") for _ in range(2))
    assert first.messages == again.messages
    assert again.responses == ["utter_transfer_cancelled"]
    assert len(desk.bank.scheduled(ADA)) == 2


def test_a_standing_order_is_stopped_once_and_said_again_when_the_turn_is_run_again(desk: Desk) -> None:
    first, again = (desk.act(CancelStandingOrder(), id="7") for _ in range(2))
    assert first.messages == again.messages
    assert again.responses == ["utter_standing_order_cancelled"]
    assert desk.act(CancelStandingOrder(), id="8").responses == ["utter_no_standing_orders"]


def test_two_standing_orders_for_one_payee_can_be_told_apart(desk: Desk) -> None:
    (rent,) = desk.bank.standing_orders(ADA)
    for day in (3, 4):
        first = TODAY + timedelta(days=day)
        desk.bank.create_standing_order(ADA, "current", "ben", Decimal(5), first, str(day))
    asked = desk.act(CancelStandingOrder(), found("payee", "ben"))
    assert asked.responses == ["utter_which_standing_order"]
    assert [one["title"] for one in asked.buttons] == [
        "Ben Carter, €5.00, 27 November 2026", "Ben Carter, €5.00, 28 November 2026",
    ]  # fmt: skip
    told = desk.act(CancelStandingOrder(), *pressed(asked.buttons[0]), id="2")
    assert told.responses == ["utter_standing_order_cancelled"]
    left = desk.bank.standing_orders(ADA)
    assert {one.next_on for one in left} == {TODAY + timedelta(days=4), rent.next_on}


def test_a_button_for_somebody_elses_standing_order_stops_nothing(desk: Desk) -> None:
    (theirs,) = desk.bank.standing_orders("10000002")
    told = desk.act(CancelStandingOrder(), found("order", str(theirs.id)))
    assert told.responses == ["utter_standing_order_unknown"]
    assert desk.bank.standing_orders("10000002") == [theirs]


def test_a_payee_who_could_be_several_own_accounts_is_asked_for_again(desk: Desk) -> None:
    told = desk.judge(ValidateTransferForm(), "transfer_payee", "account")
    assert told.responses == ["utter_ambiguous_payee"]
    assert told.slots["transfer_payee"] is None


@pytest.mark.parametrize(
    ("slots", "missing", "responses"),
    [({"transfer_date": "2026-11-23"}, "transfer_date", ["utter_date_invalid", "utter_ask_transfer_date"]),
     ({"transfer_payee": "Current account"}, "transfer_account", ["utter_same_account"]),
     ({"transfer_amount": "999999999"}, "transfer_amount", ["utter_amount_invalid"])],
)  # fmt: skip
def test_a_draft_that_the_bank_refuses_is_asked_about_and_not_confirmed(
    slots: dict[str, str], missing: str, responses: list[str], desk: Desk
) -> None:
    """At midnight "today" is yesterday. A yes meant for the refused draft must find no other one."""
    given = {
        "transfer_payee": "Ben Carter", "transfer_amount": "5.00", "transfer_account": "Current account",
        "transfer_date": "2026-11-24", "draft": "an earlier one",
    }  # fmt: skip
    told = desk.act(AskTransferConfirmed(), slots=given | slots)
    assert told.responses == responses
    assert told.slots == {"requested_slot": missing, missing: None, "draft": None}


@pytest.mark.parametrize(
    ("said", "entities"),
    [("80.00", [found("amount", "80.00", 5), found("currency", "USD", 5)]), ("80 dollars", []),
     ("80.00 USD", [])],
)  # fmt: skip
def test_another_currency_is_never_sent_as_euros(
    said: str, entities: list[dict[str, Any]], desk: Desk
) -> None:
    told = desk.judge(ValidateTransferForm(), "transfer_amount", said, *entities)
    assert told.responses == ["utter_amount_not_euros"]
    assert told.messages[0]["currency"] == "USD"
    assert told.slots["transfer_amount"] is None


def test_euros_beside_another_currency_are_euros(desk: Desk) -> None:
    entities = [
        found("amount", "80.00", 4), found("currency", "USD", 4), found("amount", "60.00", 12),
    ]  # fmt: skip
    told = desk.judge(ValidateTransferForm(), "transfer_amount", "60.00", *entities)
    assert told.slots["transfer_amount"] == "60.00"


def test_a_transfer_remembers_the_currency_through_a_sign_in(desk: Desk) -> None:
    """The form judges the amount after the message with its entities is gone."""
    told = desk.act(OpenTransfer(), found("amount", "80.00", 5), found("currency", "USD", 5))
    assert told.slots["transfer_amount"] == "80.00 USD"


def test_a_transfer_takes_an_iban_for_the_payee(desk: Desk) -> None:
    told = desk.act(OpenTransfer(), found("iban", "NL91ABNA0417164300"), found("amount", "50.00", 5))
    assert (told.slots["transfer_payee"], told.slots["transfer_amount"]) == ("NL91ABNA0417164300", "50.00")
