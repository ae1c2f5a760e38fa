"""The form that asks who is a stranger what their money is for."""

import re
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.base import BankForm, Turn, accept, last, refuse
from lam.understanding.values.numbers import NUMBER_WORDS, parse_number

_NONE = "none"
_OLDEST = 120
_LONGEST = 100
_DIGITS = re.compile(r"(?<![\d.,])\d{1,3}(?!\d|[.,]\d)")


class ValidateGoalForm(BankForm):
    """A goal, and the age where nobody knows it: of a customer the bank does."""

    form = "goal_form"
    needs_sign_in = False

    async def required_slots(
        self, domain_slots: list[str], dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[str]:
        known = Turn(dispatcher, tracker, domain).customer is not None
        return [slot for slot in domain_slots if not (known and slot == "goal_age")]

    def validate_goal(self, value: Any, *context: Any) -> dict[str, Any]:
        turn, given = Turn(*context), " ".join(str(last(value)).split())
        given = "".join(sign for sign in given if sign.isprintable())
        if given == _NONE:
            return accept("goal", _NONE)
        if given in turn.services.goals.known:
            return accept("goal", [given])
        if given.startswith("/") or not given:
            return {"goal": None}
        return accept("goal", turn.services.goals.named(given) or [given[:_LONGEST]])

    def validate_goal_age(self, value: Any, *context: Any) -> dict[str, Any]:
        given = str(last(value))
        if given == _NONE:
            return accept("goal_age", _NONE)
        numbers = [int(one) for one in _DIGITS.findall(given)]
        words = [word for word in re.split(r"[^a-z]+", given.lower()) if word in NUMBER_WORDS]
        ages = [one for one in [*numbers, parse_number(" ".join(words))] if one and 0 < one <= _OLDEST]
        if given.startswith("/") or len(ages) != 1:
            return refuse(Turn(*context), "goal_age", "utter_goal_age_invalid")
        return accept("goal_age", ages[0])
