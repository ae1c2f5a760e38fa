"""What waits for a sign-in, what is said meanwhile, and what a pressed button is not."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.accounts import CheckBalance
from actions.base import BankForm
from actions.cards import OpenCardReplacement, ValidateCardReplacementForm
from actions.disputes import ValidateDisputeForm
from actions.help import CancelForm
from actions.payments import CancelTransfer
from actions.sign_in import FinishSignIn, ValidateSignInForm
from actions.transfers import OpenTransfer, SubmitTransfer, ValidateTransferForm
from tests.actions.conftest import ADA, DOMAIN, Desk, found

BALANCE = {"action": "action_check_balance", "text": "what's in my savings?", "entities": []}


def sign_out(desk: Desk) -> None:
    desk.sessions.customer = lambda conversation: None


def judged(form: BankForm, **slots: Any) -> dict[str, Any]:
    """Let a form judge a yes; return the slots that it sets."""
    message = {"text": "yes", "entities": [], "intent": {"name": "affirm"}, "message_id": "1"}
    tracker = Tracker("talk", slots, message, [], False, None, {"name": form.form}, "action_listen")
    events = asyncio.run(form.run(CollectingDispatcher(), tracker, DOMAIN))
    return {one["name"]: one["value"] for one in events}


@pytest.mark.parametrize(
    ("form", "slot"),
    [
        (ValidateTransferForm(), "transfer_confirmed"),
        (ValidateCardReplacementForm(), "replacement_confirmed"),
        (ValidateDisputeForm(), "dispute_confirmed"),
    ],
)
def test_a_yes_of_somebody_signed_out_is_not_believed(desk: Desk, form: BankForm, slot: str) -> None:
    sign_out(desk)
    assert judged(form, **{slot: True}) == {"requested_slot": None, slot: None}
    # Nothing that looks like an answer: a question goes to the policies first.
    assert judged(form, **{slot: None}) == {"requested_slot": None}


def test_a_transfer_is_not_sent_by_the_button_of_another_draft(desk: Desk) -> None:
    told = desk.act(
        SubmitTransfer(), found("draft", "old"), slots={"transfer_confirmed": True, "draft": "new"}
    )
    assert told.responses == ["utter_draft_replaced"]
    assert told.slots == {"transfer_confirmed": None}


def test_a_number_is_taken_when_a_button_asked_for_the_sign_in(desk: Desk) -> None:
    desk.sessions.challenge = lambda conversation, customer: SimpleNamespace(sent=True)
    resume = BALANCE | {"text": "/check_balance"}
    assert desk.judge(ValidateSignInForm(), "customer_number", ADA, resume=resume).slots == {
        "customer_number": ADA, "failures": 0,
    }  # fmt: skip
    pressed = desk.judge(ValidateSignInForm(), "customer_number", '/affirm{"draft": "14093000"}')
    assert pressed.responses == ["utter_customer_number_invalid"]


def test_a_pressed_button_says_nothing_of_why_a_card_is_replaced(desk: Desk) -> None:
    told = desk.act(OpenCardReplacement(), text="/card_lost_or_stolen")
    assert told.slots["replacement_reason"] is None
    assert desk.act(OpenCardReplacement(), text="it was stolen").slots["replacement_reason"] == "stolen"


def test_what_is_asked_during_a_sign_in_is_no_older_question(desk: Desk) -> None:
    sign_out(desk)
    desk.sessions.pending = lambda conversation: True
    asked = desk.act(
        CancelTransfer(), found("payee", "Maria"), text="cancel my transfer to Maria",
        slots={"resume": BALANCE}, loop="sign_in_form",
    )  # fmt: skip
    assert asked.slots == {
        "resume": {
            "action": "action_cancel_transfer",
            "text": "cancel my transfer to Maria",
            "entities": [found("payee", "Maria")],
        }
    }


def test_what_waits_is_left_alone_by_all_else_that_is_asked(desk: Desk) -> None:
    told = desk.act(CheckBalance(), text="what's my balance?", slots={"resume": BALANCE})
    assert told.slots == {}


def test_the_question_that_waited_is_answered_after_the_sign_in(desk: Desk) -> None:
    resume = BALANCE | {"entities": [found("account", "savings")]}
    waiting = desk.act(CheckBalance(), text="/present_code", slots={"resume": resume | {"signed_in": True}})
    assert waiting.responses == ["utter_balance"]
    assert waiting.slots == {"resume": None}


def test_a_lapsed_code_is_asked_for_anew(desk: Desk) -> None:
    """The form must start once more, or it would wait for a code that nobody has sent."""
    desk.sessions.fresh = desk.sessions.pending = lambda conversation: False
    asked = desk.act(OpenTransfer(), text="send money", slots={"customer_number": ADA}, loop="sign_in_form")
    assert asked.responses == ["utter_sign_in_again"]
    assert asked.slots["customer_number"] == ADA and asked.slots["requested_slot"] is None


def test_a_code_that_the_edge_could_not_redeem_is_asked_for_again(desk: Desk) -> None:
    desk.sessions.last_outcome = lambda conversation: None
    desk.sessions.pending = lambda conversation: True
    asked = desk.judge(ValidateSignInForm(), "code_state", "presented")
    assert (asked.slots, asked.responses) == ({"code_state": None}, [])


def test_calling_a_sign_in_off_ends_its_code(desk: Desk) -> None:
    ended: list[str] = []
    desk.sessions.end_challenge = ended.append
    assert desk.act(CancelForm(), text="cancel", loop="sign_in_form").responses == ["utter_cancelled"]
    assert desk.act(FinishSignIn(), slots={"code_state": None}).responses == ["utter_offer_human"]
    assert ended == ["talk", "talk"]
