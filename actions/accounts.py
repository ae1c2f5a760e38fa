"""Balances, account details, the list of accounts."""

from decimal import Decimal

from rasa_sdk.events import EventType

from actions.base import BankAction, Turn
from actions.format import iban, lines, listed, money
from bank.errors import AmbiguousAccount, UnknownAccount


class CheckBalance(BankAction):
    needs_sign_in = True

    def answer(self, turn: Turn) -> list[EventType]:
        bank, named = turn.services.bank, turn.entity("account")
        if named:
            try:
                one = bank.account(turn.number, named)
                turn.say("utter_balance", account=one.name, balance=money(one.balance, one.currency))
            except (UnknownAccount, AmbiguousAccount):
                say_unknown_account(turn, named)
            return []
        accounts = bank.accounts(turn.number)
        turn.say(
            "utter_balances",
            lines=lines((one.name, money(one.balance, one.currency)) for one in accounts),
            total=money(sum((one.balance for one in accounts), start=Decimal(0))),
        )
        return []


class ListAccounts(BankAction):
    needs_sign_in = True

    def answer(self, turn: Turn) -> list[EventType]:
        accounts = turn.services.bank.accounts(turn.number)
        turn.say("utter_accounts", lines=lines((one.name, iban(one.iban)) for one in accounts))
        return []


class AccountDetails(BankAction):
    needs_sign_in = True

    def answer(self, turn: Turn) -> list[EventType]:
        bank, named = turn.services.bank, turn.entity("account")
        try:
            one = bank.account(turn.number, named) if named else bank.accounts(turn.number)[0]
        except (UnknownAccount, AmbiguousAccount):
            say_unknown_account(turn, named)
            return []
        turn.say(
            "utter_account_details",
            account=one.name,
            iban=iban(one.iban),
            name=bank.customer(turn.number).name,
        )
        return []


def say_unknown_account(turn: Turn, given: object) -> None:
    """Say which accounts there are, when the one that was named isn't among them."""
    accounts = turn.services.bank.accounts(turn.number)
    turn.say("utter_unknown_account", given=given, accounts=listed(one.name for one in accounts))
