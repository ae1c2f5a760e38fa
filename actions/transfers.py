"""Sending money: the form's checks, the draft that is confirmed, the transfer itself."""

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from rasa_sdk.events import EventType, FollowupAction, SlotSet

from actions.amounts import HOME, foreign_currency, said_amount
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
    wrong_draft,
)  # fmt: skip
from actions.format import day, listed, money
from bank.errors import (
    AmbiguousAccount,
    AmbiguousPayee,
    InsufficientFunds,
    InvalidAmount,
    InvalidDate,
    LimitExceeded,
    SameAccount,
    SupersededDraft,
    UnknownAccount,
    UnknownPayee,
)  # fmt: skip
from lam.understanding.values import parse_amount, parse_currency, parse_date

_SLOTS = (
    "transfer_payee",
    "transfer_amount",
    "transfer_account",
    "transfer_date",
    "transfer_confirmed",
    "draft",
)
_SOURCE = re.compile(r"\b(?:from|off|out of)(?:\s+(?:my|our|the))?\s*$", re.IGNORECASE)
_DESTINATION = re.compile(r"\b(?:to|into|onto|for)(?:\s+(?:my|our|the))?\s*$", re.IGNORECASE)


class OpenTransfer(BankAction):
    """Start with what this message says, and nothing of an earlier transfer."""

    needs_fresh = True

    def answer(self, turn: Turn) -> list[EventType]:
        source, destination = account_roles(turn)
        given = {
            "transfer_payee": turn.entity("payee") or turn.entity("iban") or destination,
            "transfer_amount": said_amount(turn),
            "transfer_account": source,
            "transfer_date": turn.entity("date"),
        }
        start = [SlotSet("failures", 0), *forget(*_SLOTS)]
        said = [SlotSet(slot, value) for slot, value in given.items() if value]
        return [*start, *said, FollowupAction("transfer_form")]


class ValidateTransferForm(BankForm):
    form = "transfer_form"

    def validate_transfer_payee(self, value: Any, *context: Any) -> dict[str, Any]:
        turn = Turn(*context)
        bank, own = turn.services.bank, account_roles(turn)[1]
        # "put it into my savings" is no name, but the account that it names can be paid.
        others = turn.entity("payee") or turn.entity("iban")
        named = own if own and not others else str(last(value))
        given = re.sub(r"^(to|for)\s+", "", named.strip(), flags=re.IGNORECASE)
        try:
            return accept("transfer_payee", bank.payee(turn.number, given).name)
        except UnknownPayee:
            payees = listed(one.name for one in bank.payees(turn.number))
            return refuse(turn, "transfer_payee", "utter_unknown_payee", given=given, payees=payees)
        except (AmbiguousPayee, AmbiguousAccount) as error:
            return refuse(
                turn, "transfer_payee", "utter_ambiguous_payee", given=given, payees=listed(error.choices)
            )

    def validate_transfer_amount(self, value: Any, *context: Any) -> dict[str, Any]:
        turn, given = Turn(*context), str(last(value))
        amount, currency = parse_amount(given), parse_currency(given) or foreign_currency(turn)
        if currency not in (None, HOME):
            return refuse(turn, "transfer_amount", "utter_amount_not_euros", currency=currency)
        if amount is None or amount <= 0:
            return refuse(turn, "transfer_amount", "utter_amount_invalid")
        return accept("transfer_amount", str(amount))

    def validate_transfer_account(self, value: Any, *context: Any) -> dict[str, Any]:
        turn = Turn(*context)
        source, destination = account_roles(turn)
        given, payee = source or last(value), dict[str, Any]()
        if destination and "transfer_payee" not in turn.tracker.slots_to_validate():
            payee = self.validate_transfer_payee(destination, *context)
        if destination and not source:
            # Rasa takes any account for the source; "no, to my savings" only says who gets the money.
            return payee | {"transfer_account": turn.replaced("transfer_account", value)}
        try:
            return payee | accept(
                "transfer_account", turn.services.bank.account(turn.number, str(given)).name
            )
        except (UnknownAccount, AmbiguousAccount):
            accounts = listed(one.name for one in turn.services.bank.accounts(turn.number))
            return payee | refuse(
                turn, "transfer_account", "utter_unknown_account", given=given, accounts=accounts
            )

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
        except SameAccount:
            return self._ask_again(turn, "transfer_account", "utter_same_account")
        except InvalidAmount:
            return self._ask_again(turn, "transfer_amount", "utter_amount_invalid")
        except InvalidDate:  # "today" was said before midnight
            return self._ask_again(turn, "transfer_date", "utter_date_invalid", "utter_ask_transfer_date")
        today = turn.services.settings.present().date()
        turn.say(
            "utter_ask_transfer_confirmed", turn.yes_or_no(draft.id), amount=money(draft.amount),
            payee=draft.payee, account=turn.slot("transfer_account"), date=day(draft.on, today),
        )  # fmt: skip
        return [SlotSet("draft", draft.id)]

    def _ask_again(self, turn: Turn, slot: str, *responses: str) -> list[EventType]:
        """Ask for what the bank refused, and forget an earlier draft: a yes must not confirm that."""
        for response in responses:
            turn.say(response)
        return [SlotSet("requested_slot", slot), *forget(slot, "draft")]


class SubmitTransfer(BankAction):
    needs_fresh = True

    def answer(self, turn: Turn) -> list[EventType]:
        done = [*forget(*_SLOTS), SlotSet("failures", 0)]
        if turn.slot("transfer_confirmed") and wrong_draft(turn):
            # The form sees to it; where money goes out, it is looked at once more.
            turn.say("utter_draft_replaced")
            return [*forget("transfer_confirmed"), FollowupAction("transfer_form")]
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


def account_roles(turn: Turn) -> tuple[str | None, str | None]:
    """Tell which account the money leaves and which own one it goes to: "from current to my savings"."""
    source = destination = None
    # "Who shall get the money?" – "my savings"
    payee_asked = turn.slot("requested_slot") == "transfer_payee" and turn.entity("payee") is None
    for one in turn.message.get("entities", []):
        if one["entity"] != "account":
            continue
        before = turn.text[: one.get("start") or 0]
        if _DESTINATION.search(before) or (payee_asked and not _SOURCE.search(before)):
            destination = str(one["value"])
        else:
            source = str(one["value"])
    return source, destination
