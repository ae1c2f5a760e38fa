"""Exchange rates and branches."""

from rasa_sdk.events import EventType

from actions.amounts import HOME, foreign_currency
from actions.base import BankAction, Turn, button
from actions.format import lines, listed, money
from bank.errors import UnknownCurrency
from lam.understanding.values import parse_amount, parse_currency


class ExchangeRate(BankAction):
    def answer(self, turn: Turn) -> list[EventType]:
        bank = turn.services.bank
        named = [one for one in turn.entities("currency") if one != HOME]
        currency = named[-1] if named else parse_currency(turn.text) or ""
        given = foreign_currency(turn) or HOME
        try:
            rate = bank.exchange_rate(currency).per_euro
            # "50 dollars" become euros, "50 euros" and "50 pounds" become the currency that is asked for.
            into = HOME if given == currency else currency
            units = {one: bank.exchange_rate(one).per_euro for one in {given, into} - {HOME}}
        except UnknownCurrency:
            turn.say(
                "utter_unknown_currency", currencies=listed(one.currency for one in bank.exchange_rates())
            )
            return []
        amount = parse_amount(turn.entity("amount") or "") or parse_amount("100")
        result = amount / units.get(given, 1) * units.get(into, 1)
        example = f"{money(amount, given)} = {money(result, into)}"
        turn.say("utter_exchange_rate", rate=f"{rate:.4f}", currency=currency, example=example)
        return []


class FindBranch(BankAction):
    def answer(self, turn: Turn) -> list[EventType]:
        bank, city = turn.services.bank, turn.entity("city")
        kind = "atm" if turn.tracker.latest_message["intent"]["name"] == "find_atm" else "branch"
        found = bank.branches(city, kind) if city else []
        if found:
            turn.say(
                "utter_branches",
                city=found[0].city,
                lines=lines((one.name, one.street, one.hours) for one in found),
            )
        else:
            cities = bank.cities()
            turn.say(
                "utter_branches_where",
                [button(one, "find_atm" if kind == "atm" else "find_branch", city=one) for one in cities[:4]],
                cities=listed(cities),
            )
        return []
