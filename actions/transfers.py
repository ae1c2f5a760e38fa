"""Sending money: the form's checks, the draft that is confirmed, the transfer itself; standing orders."""

import re
from datetime import date, timedelta
from decimal import Decimal
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
from actions.format import day, lines, listed, money
from bank.errors import (
    AmbiguousAccount,
    AmbiguousPayee,
    InsufficientFunds,
    InvalidAmount,
    LimitExceeded,
    SameAccount,
    SupersededDraft,
    UnknownAccount,
    UnknownPayee,
)  # fmt: skip
from lam.understanding.values import parse_amount, parse_date

_SLOTS = (
    "transfer_payee",
    "transfer_amount",
    "transfer_account",
    "transfer_date",
    "transfer_confirmed",
    "draft",
)
SHOWN = 5
_DESTINATION = re.compile(r"\b(?:to|into|onto|for)(?:\s+(?:my|our|the))?\s*$", re.IGNORECASE)


class OpenTransfer(BankAction):
    """Start with what this message says, and nothing of an earlier transfer."""

    needs_fresh = True

    def answer(self, turn: Turn) -> list[EventType]:
        source, destination = account_roles(turn)
        given = {
            "transfer_payee": turn.entity("payee") or destination,
            "transfer_amount": turn.entity("amount"),
            "transfer_account": source,
            "transfer_date": turn.entity("date"),
        }
        start = [SlotSet("failures", 0), *forget(*_SLOTS)]
        said = [SlotSet(slot, value) for slot, value in given.items() if value]
        return [*start, *said, FollowupAction("transfer_form")]


class ValidateTransferForm(BankForm):
    form = "transfer_form"

    def validate_transfer_payee(self, value: Any, *context: Any) -> dict[str, Any]:
        turn, given = (
            Turn(*context),
            re.sub(r"^(to|for)\s+", "", str(last(value)).strip(), flags=re.IGNORECASE),
        )
        bank = turn.services.bank
        try:
            return accept("transfer_payee", bank.payee(turn.number, given).name)
        except UnknownPayee:
            payees = listed(one.name for one in bank.payees(turn.number))
            return refuse(turn, "transfer_payee", "utter_unknown_payee", given=given, payees=payees)
        except AmbiguousPayee as error:
            return refuse(
                turn, "transfer_payee", "utter_ambiguous_payee", given=given, payees=listed(error.choices)
            )

    def validate_transfer_amount(self, value: Any, *context: Any) -> dict[str, Any]:
        turn, amount = Turn(*context), parse_amount(str(last(value)))
        if amount is None or amount <= 0:
            return refuse(turn, "transfer_amount", "utter_amount_invalid")
        return accept("transfer_amount", str(amount))

    def validate_transfer_account(self, value: Any, *context: Any) -> dict[str, Any]:
        turn, given = Turn(*context), last(value)
        source, destination = account_roles(turn)
        if destination:
            # Rasa takes the last account that is named; "to my savings" names who gets the money.
            given = source
        if given is None:
            return {"transfer_account": None}
        try:
            return accept("transfer_account", turn.services.bank.account(turn.number, str(given)).name)
        except (UnknownAccount, AmbiguousAccount):
            accounts = listed(one.name for one in turn.services.bank.accounts(turn.number))
            return refuse(turn, "transfer_account", "utter_unknown_account", given=given, accounts=accounts)

    def validate_transfer_date(self, value: Any, *context: Any) -> dict[str, Any]:
        turn = Turn(*context)
        today = turn.services.settings.present().date()
        when = parse_date(str(last(value)), today)
        if when is None or not today <= when <= today + timedelta(days=365):
            return refuse(turn, "transfer_date", "utter_date_invalid")
        return accept("transfer_date", when.isoformat())

    def validate_transfer_confirmed(self, value: Any, *context: Any) -> dict[str, Any]:
        return confirmation(
            Turn(*context), "transfer_confirmed", value, ("payee", "amount", "account", "date")
        )


class AskTransferAccount(BankAction):
    needs_sign_in = True

    def answer(self, turn: Turn) -> list[EventType]:
        accounts = turn.services.bank.accounts(turn.number)
        turn.say("utter_ask_transfer_account", [
            button(f"{one.name}, {money(one.balance)}", "inform", account=one.name) for one in accounts
        ])  # fmt: skip
        return []


class AskTransferConfirmed(BankAction):
    """Make the draft that a yes will confirm; one made earlier in this conversation is replaced by it."""

    needs_sign_in = True

    def answer(self, turn: Turn) -> list[EventType]:
        try:
            draft = turn.services.bank.draft_transfer(
                turn.number, turn.slot("transfer_account"), turn.slot("transfer_payee"),
                Decimal(turn.slot("transfer_amount")), date.fromisoformat(turn.slot("transfer_date")),
                conversation=turn.conversation,
            )  # fmt: skip
        except (SameAccount, InvalidAmount) as error:
            same = isinstance(error, SameAccount)
            turn.say("utter_same_account" if same else "utter_amount_invalid")
            return [*forget("transfer_account" if same else "transfer_amount")]
        today = turn.services.settings.present().date()
        turn.say(
            "utter_ask_transfer_confirmed", turn.yes_or_no(draft.id), amount=money(draft.amount),
            payee=draft.payee, account=turn.slot("transfer_account"), date=day(draft.on, today),
        )  # fmt: skip
        return [SlotSet("draft", draft.id)]


class SubmitTransfer(BankAction):
    needs_fresh = True

    def answer(self, turn: Turn) -> list[EventType]:
        done = [*forget(*_SLOTS), SlotSet("failures", 0)]
        if turn.slot("transfer_confirmed"):
            self._execute(turn)
        elif gave_up(turn):
            turn.say("utter_offer_human")
        elif turn.slot("transfer_confirmed") is None:
            return [FollowupAction("transfer_form")]  # signed out in the middle, and in again
        else:
            turn.say("utter_transfer_dropped")
        return done

    def _execute(self, turn: Turn) -> None:
        bank, account = turn.services.bank, turn.slot("transfer_account")
        amount = money(Decimal(turn.slot("transfer_amount")))
        try:
            receipt = bank.execute(turn.number, turn.slot("draft"))
        except InsufficientFunds as error:
            turn.say("utter_insufficient_funds", account=account, balance=money(error.balance), amount=amount)
        except LimitExceeded as error:
            turn.say("utter_limit_exceeded", amount=amount, left=money(error.left))
        except SupersededDraft:
            turn.say("utter_draft_replaced")
        else:
            figures = {"amount": amount, "payee": receipt.payee, "reference": receipt.number}
            if receipt.balance is None:
                turn.say("utter_transfer_scheduled", date=day(receipt.on), **figures)
            else:
                turn.say("utter_transfer_done", account=account, balance=money(receipt.balance), **figures)


class ListPayees(BankAction):
    needs_sign_in = True

    def answer(self, turn: Turn) -> list[EventType]:
        turn.say("utter_payees", payees=listed(one.name for one in turn.services.bank.payees(turn.number)))
        return []


class TransferStatus(BankAction):
    needs_sign_in = True

    def answer(self, turn: Turn) -> list[EventType]:
        bank = turn.services.bank
        planned = [
            (day(one.on), one.payee, money(one.amount), one.state) for one in bank.scheduled(turn.number)
        ]
        sent = [
            one
            for one in bank.transactions(turn.number, limit=200)
            if one.kind == "transfer" and one.amount < 0
        ]
        rows = planned + [
            (day(one.booked_at.date()), one.counterparty, money(-one.amount)) for one in sent[:SHOWN]
        ]
        turn.say("utter_transfer_status" if rows else "utter_no_transfers", lines=lines(rows))
        return []


class CancelTransfer(BankAction):
    """Call off a transfer that is planned and not yet sent."""

    needs_sign_in = True

    def answer(self, turn: Turn) -> list[EventType]:
        bank, named = turn.services.bank, (turn.entity("payee") or "").lower()
        planned = [one for one in bank.scheduled(turn.number) if named in one.payee.lower()]
        if len(planned) == 1:
            one = bank.cancel_transfer(turn.number, planned[0].id)
            turn.say("utter_transfer_cancelled", amount=money(one.amount), payee=one.payee, date=day(one.on))
        elif planned:
            choices = [
                button(f"{one.payee}, {money(one.amount)}", "cancel_transfer", payee=one.payee)
                for one in planned
            ]
            turn.say("utter_which_transfer", choices)
        else:
            turn.say("utter_transfer_not_cancellable")
        return []


class ListStandingOrders(BankAction):
    needs_sign_in = True

    def answer(self, turn: Turn) -> list[EventType]:
        orders = turn.services.bank.standing_orders(turn.number)
        rows = ((one.payee, money(one.amount), day(one.next_on)) for one in orders)
        turn.say("utter_standing_orders" if orders else "utter_no_standing_orders", lines=lines(rows))
        return []


class CancelStandingOrder(BankAction):
    needs_sign_in = True

    def answer(self, turn: Turn) -> list[EventType]:
        bank, named = turn.services.bank, (turn.entity("payee") or turn.entity("merchant") or "").lower()
        orders = bank.standing_orders(turn.number)
        fitting = [one for one in orders if named in one.payee.lower()]
        if not orders:
            turn.say("utter_no_standing_orders")
        elif len(fitting) == 1:
            bank.cancel_standing_order(turn.number, fitting[0].id)
            turn.say(
                "utter_standing_order_cancelled", amount=money(fitting[0].amount), payee=fitting[0].payee
            )
        else:
            choices = [
                button(f"{one.payee}, {money(one.amount)}", "cancel_standing_order", payee=one.payee)
                for one in orders
            ]
            turn.say("utter_which_standing_order", choices)
        return []


def account_roles(turn: Turn) -> tuple[str | None, str | None]:
    """Tell which account the money leaves and which own one it goes to: "from current to my savings"."""
    source = destination = None
    for one in turn.message.get("entities", []):
        if one["entity"] != "account":
            continue
        if _DESTINATION.search(turn.text[: one.get("start") or 0]):
            destination = str(one["value"])
        else:
            source = str(one["value"])
    return source, destination
