"""Questions about prices, rates and conditions: the words stand in domain.yml, the figures in the bank."""

from decimal import Decimal

from rasa_sdk.events import EventType

from actions.base import BankAction, Turn
from actions.format import money
from bank import Bank
from bank.cards import DELIVERY


class TellFigures(BankAction):
    """Answer an intent with the response of its name, all braces filled."""

    def answer(self, turn: Turn) -> list[EventType]:
        intent = turn.tracker.latest_message["intent"]["name"]
        turn.say(f"utter_{intent}", **figures(turn.services.bank))
        return []


def figures(bank: Bank) -> dict[str, str]:
    """Everything that responses may name in braces.

    Returns:
        the fees of the tariff by their names; of each product its summary (`easy_saver`), its fee a month
        (`easy_saver_fee`) and, where it has one, its rate (`easy_saver_percent`); and a few more.
    """
    told = {
        name: _percent(fee) if name.endswith("_percent") else _price(fee) for name, fee in bank.fees().items()
    }
    for one in bank.products():
        name = one.id.replace("-", "_")
        told |= {name: one.summary, f"{name}_fee": _price(one.fee)}
        if one.rate is not None:
            told[f"{name}_percent"] = _percent(one.rate)
    soonest, latest = map(str, DELIVERY)
    currencies = str(len(bank.exchange_rates()))
    return told | {"delivery_from": soonest, "delivery_by": latest, "currencies": currencies}


def _price(amount: Decimal) -> str:
    return money(amount) if amount else "nothing"


def _percent(rate: Decimal) -> str:
    return f"{rate:.2f} %" if rate else "nothing"
