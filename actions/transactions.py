"""What happened on the accounts, and what was spent."""

from datetime import date, timedelta

from rasa_sdk.events import EventType

from actions.accounts import say_unknown_account
from actions.base import BankAction, Turn
from actions.format import day, lines, money
from bank.errors import AmbiguousAccount, UnknownAccount
from lam.understanding.values import parse_period

RECENT = 8


class ListTransactions(BankAction):
    needs_sign_in = True

    def answer(self, turn: Turn) -> list[EventType]:
        since, until = period(turn, days=90)
        try:
            found = turn.services.bank.transactions(
                turn.number, account=turn.entity("account"), since=since, until=until,
                merchant=turn.entity("merchant"), limit=RECENT,
            )  # fmt: skip
        except (UnknownAccount, AmbiguousAccount):
            say_unknown_account(turn, turn.entity("account"))
            return []
        if not found:
            turn.say("utter_no_transactions", scope=scope(turn))
            return []
        rows = ((day(one.booked_at.date()), one.counterparty, money(one.amount)) for one in found)
        turn.say("utter_transactions", scope=scope(turn), lines=lines(rows))
        return []


class SpendingSummary(BankAction):
    needs_sign_in = True

    def answer(self, turn: Turn) -> list[EventType]:
        since, until = period(turn, days=30)
        spent = turn.services.bank.spending(turn.number, since, until, merchant=turn.entity("merchant"))
        turn.say("utter_spending", total=money(spent), scope=scope(turn), since=day(since), until=day(until))
        return []


def period(turn: Turn, days: int) -> tuple[date, date]:
    """The period that the user names, else the last `days` days."""
    today = turn.services.settings.present().date()
    return parse_period(turn.text, today) or (today - timedelta(days=days), today)


def scope(turn: Turn) -> str:
    """The merchant that the question is about, as the end of a sentence part."""
    merchant = turn.entity("merchant")
    return f" at {merchant}" if merchant else ""
