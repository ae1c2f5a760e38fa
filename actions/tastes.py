"""What the assistant remembers of customers, in the learning database, and of visitors, in a slot."""

from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from typing import Any

from rasa_sdk.events import EventType, SlotSet

from actions.base import Turn
from lam.recommend import Interaction, Preference, Profile, Taste, shown_in_vain, taste_of

# Who has a product shows it as clearly as who just bought one.
HELD = 4.0
# So many goals count, the newest first: what somebody wanted years ago says little.
GOALS = 3
_VISITOR = "visitor"


class Memory:
    """One turn's view of it. What is added lasts: `events` must be among what the action returns."""

    def __init__(self, turn: Turn) -> None:
        self._turn, self._services = turn, turn.services
        self._number = turn.customer.number if turn.customer else None
        said = turn.slot(_VISITOR) or {}
        self._visitor: dict[str, list[Any]] = {
            name: list(said.get(name, [])) for name in ("goals", "hidden", "actions")
        }
        self.now: datetime = turn.services.settings.present()

    @cached_property
    def held(self) -> frozenset[str]:
        """The products that the customer has; none of a visitor's are known."""
        if self._number is None:
            return frozenset()
        return frozenset(one.id for one in self._services.bank.holdings(self._number))

    @property
    def goals(self) -> list[str]:
        """Goals that were told or asked about, the newest first."""
        stored = self._services.preferences.goals(self._number) if self._number else []
        asked = self._services.goals.asked(
            ((event.get("parse_data") or {}).get("intent") or {}).get("name") or ""
            for event in reversed(self._turn.tracker.events)
            if event["event"] == "user"
        )
        return list(dict.fromkeys([*self._visitor["goals"], *stored, *asked]))[:GOALS]

    @property
    def done(self) -> list[Interaction]:
        """What the user did with products, here and, as a customer, ever."""
        here = [
            Interaction(_VISITOR, item, kind, datetime.fromisoformat(at), f"{at} {kind} {item}")
            for kind, item, at in self._visitor["actions"]
        ]
        return here + (self._services.interactions.of(self._number) if self._number else [])

    def taste(self) -> Taste:
        """What the recommender may know of the user's liking."""
        found = taste_of(self.done, self.now, self._services.goals.words(self.goals))
        liked = dict.fromkeys(self.held - found.rejected.keys(), HELD) | dict(found.liked)
        return Taste(liked, found.rejected, found.words, found.ages)

    def profile(self) -> Profile:
        """What the rules may know of the user: a customer's facts from the bank, a visitor's age as told."""
        hidden = self._services.preferences.hidden(self._number) if self._number else frozenset()
        # Who has said yes to a product is not asked again, whether it has been opened by now or not.
        taken = frozenset(one.item for one in self.done if one.kind == "accept")
        # A turn that is run again after a failure has noted down what nobody got to see.
        seen = [one for one in self.done if not one.key.startswith(self._turn.key)]
        shown = shown_in_vain(seen, self.now, self._services.recommender.policy.remember_days)
        hidden |= taken | frozenset(self._visitor["hidden"])
        return Profile(self._facts(), self.held, hidden, shown)

    def _facts(self) -> dict[str, Any]:
        if self._number is None:
            told = self._turn.slot("goal_age")
            return {"age": int(told)} if told not in (None, "none") else {}
        customer = self._services.bank.customer(self._number)
        facts = {"country": customer.country, "risk_class": customer.risk_class}
        known = {name: value for name, value in facts.items() if value is not None}
        return known | {"age": customer.age(self.now.date())}

    def add_goals(self, goals: Iterable[str]) -> None:
        """Remember goals, unless they are known already."""
        for goal in goals:
            if goal not in self.goals:
                self._prefer("goal", goal, "goals")

    def hide(self, item: str) -> None:
        """Never suggest a product again, until `show`."""
        self._prefer("hide", item, "hidden")

    def show(self, item: str) -> None:
        """Let a product be suggested again."""
        self._visitor["hidden"] = [one for one in self._visitor["hidden"] if one != item]
        if self._number:
            self._prefer("show", item, "hidden")

    def did(self, kind: str, item: str, place: int | None = None, propensity: float | None = None) -> None:
        """Note down what the user did with a product, or that it was shown."""
        if self._number is None:
            self._visitor["actions"].append([kind, item, self.now.isoformat()])
            return
        self._services.interactions.add([
            Interaction(
                self._number, item, kind, self.now, f"{self._turn.key} {kind} {item}",
                self._turn.conversation, place=place, propensity=propensity,
            )
        ])  # fmt: skip

    def events(self) -> list[EventType]:
        """What the conversation must keep."""
        return [SlotSet(_VISITOR, self._visitor)] if any(self._visitor.values()) else []

    def _prefer(self, kind: Any, subject: str, visitors: str) -> None:
        if self._number is None:
            self._visitor[visitors].insert(0, subject)
            return
        key = f"{self._turn.key} {kind} {subject[:100]}"
        self._services.preferences.add(
            Preference(self._number, kind, subject, self.now, key, self._turn.conversation)
        )
