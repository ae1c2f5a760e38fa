"""Who may be shown what: a hard mask before any ranking, from a declarative YAML file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from lam.recommend.rules_file import Condition, RulesText, read_rules
from lam.recommend.types import Item

Mask = npt.NDArray[np.bool_]
_OF_ITEM = "item."


@dataclass(frozen=True)
class Profile:
    """Who asks, as far as it is known; what isn't known is left out.

    Attributes:
        facts: what rules ask for, such as age or country.
        held: items that the person has.
        hidden: items that the person doesn't want to see again.
        shown: how often items were shown lately and not taken; a share of a time is an older one.
    """

    facts: Mapping[str, Any] = field(default_factory=dict)
    held: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    shown: Mapping[str, float] = field(default_factory=dict)


class Eligibility:
    """The rules of a catalogue. Read-only; threads may share it.

    A condition whose fact isn't known, or is of another type than declared, doesn't hold: when in doubt an
    item is not shown. Items that aren't in the catalogue are never eligible.
    """

    def __init__(self, items: Sequence[Item], rules: RulesText | None = None) -> None:
        """Prepare the rules; without any, only what is held or hidden is left out."""
        rules = rules or RulesText()
        self._places = {item.id: place for place, item in enumerate(items)}
        self._repeatable = self._at(rules.repeatable)
        self._excluded_by = self._rivals(rules.exclusive)
        self._always = np.ones(len(items), dtype=bool)
        self._always[self._at(rules.withdrawn)] = False
        # Each condition with the items that need it, so that a call evaluates it once for all of them.
        self._needed: dict[Condition, Mask] = {}
        for item in items:
            for condition in (*rules.everything, *rules.items.get(item.id, ())):
                if condition.fact.startswith(_OF_ITEM):
                    value = item.attributes.get(condition.fact.removeprefix(_OF_ITEM))
                    self._always[self._places[item.id]] &= condition.holds(value)
                else:
                    needs = self._needed.setdefault(condition, np.zeros(len(items), dtype=bool))
                    needs[self._places[item.id]] = True

    @classmethod
    def read(cls, path: Path, items: Sequence[Item]) -> Self:
        """Read the rules of a catalogue.

        Raises:
            DataError: the file is missing or wrong, or names an item that isn't in the catalogue; the
                message says in which line.
        """
        return cls(items, read_rules(path, {item.id for item in items}))

    def mask(self, profile: Profile) -> Mask:
        """Return which items this person may be shown. Shape: (items,), in the catalogue's order."""
        mask = self._always.copy()
        for condition, needs in self._needed.items():
            if not condition.holds(profile.facts.get(condition.fact)):
                mask &= ~needs
        held = self._at(profile.held)
        mask[np.setdiff1d(held, self._repeatable)] = False
        for place in held:
            mask[self._excluded_by.get(place, [])] = False
        mask[self._at(profile.hidden)] = False
        return mask

    def _at(self, ids: Sequence[str] | frozenset[str]) -> npt.NDArray[np.int64]:
        return np.array([self._places[one] for one in ids if one in self._places], dtype=np.int64)

    def _rivals(self, groups: Sequence[Sequence[str]]) -> dict[int, list[int]]:
        """Return for each item that excludes others the places of these."""
        rivals: dict[int, list[int]] = {}
        for group in groups:
            places = [int(place) for place in self._at(group)]
            for place in places:
                rivals.setdefault(place, []).extend(other for other in places if other != place)
        return rivals
