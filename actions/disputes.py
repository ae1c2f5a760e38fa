"""Disputes of a transaction."""

import re
from typing import Any

from rasa_sdk.events import EventType, FollowupAction, SlotSet

from actions.base import (
    BankAction,
    BankForm,
    Turn,
    accept,
    button,
    confirmation,
    forget,
    gave_up,
    last,
    refuse,
)  # fmt: skip
from actions.format import day, money
from bank.errors import AlreadyDisputed, NotDisputable, UnknownTransaction
from bank.model import Transaction
from lam.understanding.values import parse_amount

_SLOTS = ("disputed_transaction", "dispute_reason", "dispute_confirmed", "draft")
SHOWN = 5
SEARCHED = 200


class OpenDispute(BankAction):
    needs_sign_in = True

    def answer(self, turn: Turn) -> list[EventType]:
        text = turn.text.lower()
        twice = "twice" in text or "double" in text or "duplicate" in text
        merchant = turn.entity("merchant")
        return [
            SlotSet("failures", 0),
            *forget(*_SLOTS),
            *([SlotSet("disputed_transaction", merchant)] if merchant else []),
            *([SlotSet("dispute_reason", "charged twice")] if twice else []),
            FollowupAction("dispute_form"),
        ]


class ValidateDisputeForm(BankForm):
    form = "dispute_form"

    def validate_disputed_transaction(self, value: Any, *context: Any) -> dict[str, Any]:
        turn, given = Turn(*context), str(last(value))
        found = find_transactions(turn, given)
        if len(found) == 1:
            return accept("disputed_transaction", reference(found[0]))
        if not found:
            return refuse(turn, "disputed_transaction", "utter_transaction_not_found")
        # Several fit: the question is asked again, with just these as buttons.
        return {"disputed_transaction": None, "draft": given}

    def validate_dispute_reason(self, value: Any, *context: Any) -> dict[str, Any]:
        turn, reason = Turn(*context), str(last(value)).strip()
        if len(reason) < 4:
            return refuse(turn, "dispute_reason", "utter_reason_too_short")
        return accept("dispute_reason", reason[:200])

    def validate_dispute_confirmed(self, value: Any, *context: Any) -> dict[str, Any]:
        return confirmation(Turn(*context), "dispute_confirmed", value, ("transaction", "merchant", "reason"))


class AskDisputedTransaction(BankAction):
    needs_sign_in = True

    def answer(self, turn: Turn) -> list[EventType]:
        found = find_transactions(turn, turn.slot("draft") or "")[:SHOWN]
        choices = [
            button(
                f"{one.counterparty}, {money(abs(one.amount))}, {day(one.booked_at.date())}",
                "inform",
                transaction=reference(one),
            )
            for one in found
        ]
        turn.say("utter_ask_disputed_transaction", choices)
        return forget("draft")


class AskDisputeConfirmed(BankAction):
    needs_sign_in = True

    def answer(self, turn: Turn) -> list[EventType]:
        one, draft = find_transactions(turn, turn.slot("disputed_transaction"))[0], turn.key
        turn.say(
            "utter_ask_dispute_confirmed", turn.yes_or_no(draft), amount=money(abs(one.amount)),
            merchant=one.counterparty, date=day(one.booked_at.date()), reason=turn.slot("dispute_reason"),
        )  # fmt: skip
        return [SlotSet("draft", draft)]


class SubmitDispute(BankAction):
    needs_sign_in = True

    def answer(self, turn: Turn) -> list[EventType]:
        done = [*forget(*_SLOTS), SlotSet("failures", 0)]
        if turn.slot("dispute_confirmed"):
            self._file(turn)
        elif gave_up(turn):
            turn.say("utter_offer_human")
        elif turn.slot("dispute_confirmed") is None:
            return [FollowupAction("dispute_form")]
        else:
            turn.say("utter_dispute_dropped")
        return done

    def _file(self, turn: Turn) -> None:
        number = int(turn.slot("disputed_transaction").removeprefix("#"))
        try:
            case = turn.services.bank.dispute(
                turn.number, number, turn.slot("dispute_reason"), turn.slot("draft")
            )
            turn.say("utter_dispute_filed", case=case.number)
        except AlreadyDisputed as error:
            turn.say("utter_dispute_exists", case=error.case)
        except NotDisputable:
            turn.say("utter_transaction_not_found")


def reference(transaction: Transaction) -> str:
    """How buttons and slots name a payment: "#123", which no shop or amount looks like."""
    return f"#{transaction.id}"


def find_transactions(turn: Turn, given: str) -> list[Transaction]:
    """The payments to others that fit a reference, a shop or an amount; the newest when nothing is given."""
    bank = turn.services.bank
    if re.fullmatch(r"#\d{1,9}", given):
        try:
            return _disputable([bank.transaction(turn.number, int(given[1:]))])
        except UnknownTransaction:
            return []
    payments = _disputable(bank.transactions(turn.number, limit=SEARCHED))
    if not given:
        return payments
    amount = parse_amount(given)
    by_amount = [one for one in payments if amount is not None and -one.amount == amount]
    return by_amount or _disputable(bank.transactions(turn.number, merchant=given, limit=SEARCHED))


def _disputable(transactions: list[Transaction]) -> list[Transaction]:
    return [one for one in transactions if one.amount < 0 and one.kind != "own_transfer"]
