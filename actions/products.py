"""Recommendations with their reason, exchange rates, branches."""

from rasa_sdk.events import EventType, SlotSet

from actions.amounts import HOME, foreign_currency
from actions.base import BankAction, Turn, button
from actions.format import lines, listed, money
from bank.errors import UnknownCurrency
from bank.model import Product
from lam.understanding.values import parse_amount, parse_currency

SHOWN = 3


class Recommend(BankAction):
    """Up to three products as cards, each with its reason; a stranger sees what most people choose."""

    def answer(self, turn: Turn) -> list[EventType]:
        bank, user = turn.services.bank, turn.customer.number if turn.customer else ""
        products = {one.id: one for one in bank.products()}
        held = {one.id for one in bank.holdings(user)} if user else set()
        found = turn.services.recommender.recommend(user, SHOWN, exclude=held)
        turn.say("utter_recommendation_intro")
        turn.show([
            {
                "title": products[one.item].name,
                "text": f"{products[one.item].summary}\n{self._because(turn, one.because, products)}",
                "buttons": [button(turn.words("utter_button_why"), "why_recommended", product=one.item)],
            }
            for one in found
        ])  # fmt: skip
        reasons = {one.item: list(one.because) for one in found}
        return [SlotSet("recommended", reasons)]

    def _because(self, turn: Turn, because: tuple[str, ...], products: dict[str, Product]) -> str:
        why = reason(turn, [products[item].name for item in because])
        return f"{why[0].upper()}{why[1:]}."


class WhyRecommended(BankAction):
    def answer(self, turn: Turn) -> list[EventType]:
        given = turn.slot("recommended") or {}
        products = {one.id: one for one in turn.services.bank.products()}
        asked = turn.entity("product")
        item = asked if asked in given else next(iter(given), None)
        if item is None:
            turn.say("utter_nothing_recommended")
            return []
        why = reason(turn, [products[one].name for one in given[item]])
        turn.say("utter_why_recommended", product=products[item].name, reason=why)
        return []


def reason(turn: Turn, cited: list[str]) -> str:
    """One clause that tells why: the holdings that the model's score comes from, or popularity."""
    if not cited:
        return turn.words("utter_reason_popular")
    return turn.words("utter_reason_similar").format(cited=listed(cited))


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
