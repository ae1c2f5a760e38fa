"""Signing in and out. The code itself never comes here: the edge redeems it and says that one was given."""

import re
from typing import Any

from rasa_sdk.events import ActiveLoop, EventType, FollowupAction, SlotSet

from actions.base import BankAction, BankForm, Turn, accept, forget, refuse
from lam.sessions import Outcome

_NUMBER = re.compile(r"(?<!\d)\d{8}(?!\d)")


class OpenSignIn(BankAction):
    def answer(self, turn: Turn) -> list[EventType]:
        if turn.customer:
            turn.say("utter_already_signed_in", name=turn.services.bank.customer(turn.number).given_name)
            return []
        return [*forget("resume", "customer_number", "code_state"), FollowupAction("sign_in_form")]


class ValidateSignInForm(BankForm):
    form = "sign_in_form"
    needs_sign_in = False

    def validate_customer_number(self, value: Any, *context: Any) -> dict[str, Any]:
        turn = Turn(*context)
        number = _NUMBER.search(re.sub(r"[\s.-]", "", str(value)))
        # A pressed button's payload may hold eight digits, too: the id of a draft.
        if number is None or str(value).startswith("/"):
            return refuse(turn, "customer_number", "utter_customer_number_invalid")
        # A number that nobody has gets the same answer as a real one: no way to find out who is a customer.
        if not turn.services.sessions.challenge(turn.conversation, number.group()).sent:
            turn.say("utter_code_not_possible")
            return {"customer_number": None, "requested_slot": None}
        return accept("customer_number", number.group())

    def validate_code_state(self, value: Any, *context: Any) -> dict[str, Any]:
        turn = Turn(*context)
        match turn.services.sessions.last_outcome(turn.conversation):
            case Outcome.accepted:
                return accept("code_state", "accepted")
            case Outcome.expired if turn.services.sessions.challenge(
                turn.conversation, turn.slot("customer_number")
            ).sent:
                turn.say("utter_code_expired")
                return {"code_state": None}
            case Outcome.wrong:
                turn.say("utter_code_wrong")
                return {"code_state": None}
            case None if turn.services.sessions.pending(turn.conversation):
                # The edge ended before it had redeemed the code, and it is kept nowhere: ask for it again.
                return {"code_state": None}
            case _:
                return {"code_state": "stopped"}


class FinishSignIn(BankAction):
    def answer(self, turn: Turn) -> list[EventType]:
        state, resume = turn.slot("code_state"), turn.slot("resume")
        events = [*forget("customer_number", "code_state"), SlotSet("failures", 0)]
        if state == "accepted" and turn.customer:
            turn.say("utter_signed_in", name=turn.services.bank.customer(turn.number).given_name)
            if not resume:
                return events
            # The mark tells the action that it is asked now what was asked before the sign-in.
            waited = SlotSet("resume", {**resume, "signed_in": True})
            return [*events, waited, FollowupAction(resume["action"])]
        turn.services.sessions.end_challenge(turn.conversation)
        turn.say("utter_code_exhausted" if state == "stopped" else "utter_offer_human")
        return [*events, *forget("resume")]


class SignOut(BankAction):
    def answer(self, turn: Turn) -> list[EventType]:
        if turn.customer is None:
            turn.say("utter_not_signed_in")
            return []
        turn.services.sessions.sign_out(turn.conversation)
        turn.say("utter_signed_out")
        # Nothing of the customer's stays behind for who talks here next, nor does a form that needs one.
        slots = [SlotSet(name, 0 if name == "failures" else None) for name in turn.tracker.slots]
        return [ActiveLoop(None), *slots]
