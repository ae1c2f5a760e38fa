"""Reads the eligibility file, and says file and line of what is wrong in it."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from lam.places import DataError, Place
from lam.yaml_nodes import YamlNodes, is_null

_KEYS = ("facts", "everything", "items", "exclusive", "repeatable", "withdrawn")
_TYPES = ("number", "word")


@dataclass(frozen=True)
class Condition:
    """What a fact must be: a number within bounds, or one of some words.

    Attributes:
        fact: its name; `item.NAME` is an attribute of the item, any other a fact of the person.
        low, high: bounds, both included; of numbers only.
        among: the words; None for a number.
    """

    fact: str
    low: float = -math.inf
    high: float = math.inf
    among: frozenset[str] | None = None

    def holds(self, value: Any) -> bool:
        """Tell whether a value meets it; one that is missing or of another type never does."""
        if self.among is not None:
            return isinstance(value, str) and value in self.among
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return number and self.low <= value <= self.high


@dataclass(frozen=True)
class RulesText:
    """What an eligibility file says.

    Attributes:
        everything: conditions of all items.
        items: further conditions by item.
        exclusive: groups of which one person has one item at most.
        repeatable: items that may be shown to who has one already.
        withdrawn: items that aren't sold at present.
    """

    everything: Sequence[Condition] = ()
    items: Mapping[str, Sequence[Condition]] = field(default_factory=dict)
    exclusive: Sequence[Sequence[str]] = ()
    repeatable: Sequence[str] = ()
    withdrawn: Sequence[str] = ()


def read_rules(path: Path, items: Collection[str]) -> RulesText:
    """Read an eligibility file.

    Args:
        items: the ids of the catalogue.

    Raises:
        DataError: the file is missing or wrong, or names an item that isn't in the catalogue.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{Place(path.name, 1)}: expected an eligibility file, found: {error}.") from error
    return _Reader(YamlNodes(text, path.name, "an eligibility file"), items).rules()


class _Reader:
    def __init__(self, nodes: YamlNodes, items: Collection[str]) -> None:
        self._nodes, self._items = nodes, items

    def rules(self) -> RulesText:
        content = self._nodes.content()
        for key, node in content.items():
            if key not in _KEYS:
                self._nodes.fail(node, f" with the keys {', '.join(_KEYS)}, found {key!r}")
        facts = self._facts(content.get("facts"))
        items = {} if is_null(content.get("items")) else self._nodes.mapping(content["items"])
        return RulesText(
            self._conditions(content.get("everything"), facts),
            {self._item(name, node): self._conditions(node, facts) for name, node in items.items()},
            [self._listed(group) for group in self._nodes.items(content.get("exclusive"))],
            self._listed(content.get("repeatable")),
            self._listed(content.get("withdrawn")),
        )

    def _facts(self, node: yaml.Node | None) -> dict[str, str]:
        """Return the type of each declared fact."""
        facts = {}
        for name, value in ({} if is_null(node) else self._nodes.mapping(node)).items():
            facts[name] = self._nodes.words(value, name, value)
            if facts[name] not in _TYPES:
                self._nodes.fail(value, f": {name} as {' or '.join(_TYPES)}, found {facts[name]!r}")
        return facts

    def _conditions(self, node: yaml.Node | None, facts: Mapping[str, str]) -> list[Condition]:
        found = []
        for fact, value in ({} if is_null(node) else self._nodes.mapping(node)).items():
            match facts.get(fact):
                case "number":
                    found.append(self._bounds(fact, value))
                case "word":
                    words = [self._nodes.words(one, fact, value) for one in self._nodes.items(value)]
                    if not words:
                        self._nodes.fail(value, f": a list of words for {fact}, found an empty one")
                    found.append(Condition(fact, among=frozenset(words)))
                case _:
                    known = ", ".join(facts) or "none"
                    self._nodes.fail(value, f": a fact declared under `facts` ({known}), found {fact!r}")
        return found

    def _bounds(self, fact: str, node: yaml.Node) -> Condition:
        """Read {from: 18, to: 27}."""
        bounds = {"from": -math.inf, "to": math.inf}
        given = self._nodes.mapping(node)
        for key, value in given.items():
            try:
                bounds[key] = float(self._nodes.words(value, key, node)) if key in bounds else math.nan
            except ValueError:
                bounds[key] = math.nan
            if math.isnan(bounds[key]):
                self._nodes.fail(value, f": numbers as `from` and `to` of {fact}, found {key!r}")
        if not given or bounds["from"] > bounds["to"]:
            self._nodes.fail(node, f": `from` or `to` of {fact}, the first not above the second")
        return Condition(fact, bounds["from"], bounds["to"])

    def _listed(self, node: yaml.Node | None) -> list[str]:
        return [self._item(self._nodes.words(one, "item", one), one) for one in self._nodes.items(node)]

    def _item(self, name: str, node: yaml.Node) -> str:
        if name not in self._items:
            self._nodes.fail(node, f": an item of the catalogue, found {name!r}")
        return name
