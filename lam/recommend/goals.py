"""What people want to reach, from a YAML file: recognised in what they say, told on in words."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from lam.places import DataError, Place
from lam.yaml_nodes import YamlNodes

_KEYS = {"words", "said", "intents"}


@dataclass(frozen=True)
class Goal:
    """A goal that many people have.

    Attributes:
        words: what the recommender's text model reads.
        said: words and phrases by which a message names it, in small letters.
        intents: questions that show it.
    """

    words: str
    said: tuple[str, ...]
    intents: tuple[str, ...]


@dataclass(frozen=True)
class Goals:
    """The goals that are known by name; any other is what the user said, word by word."""

    known: Mapping[str, Goal]

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a file of goals.

        Raises:
            DataError: it is missing or wrong; the message says in which line.
        """
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise DataError(f"{Place(path.name, 1)}: expected a file of goals, found: {error}.") from error
        nodes = YamlNodes(text, path.name, "a file of goals")
        goals = {}
        for name, node in nodes.content().items():
            values = nodes.mapping(node)
            if values.keys() != _KEYS:
                nodes.fail(node, f": {name} with {', '.join(sorted(_KEYS))}, found {', '.join(values)}")
            said, intents = (
                tuple(nodes.words(one, key, one).lower() for one in nodes.items(values[key]))
                for key in ("said", "intents")
            )
            goals[name] = Goal(nodes.words(values["words"], "words", node), said, intents)
        return cls(goals)

    def named(self, text: str) -> list[str]:
        """Return the goals that a text names, in the order in which it names them."""
        text, found = text.lower(), list[tuple[int, str]]()
        for name, goal in self.known.items():
            if place := re.search(rf"\b(?:{'|'.join(map(re.escape, goal.said))})\b", text):
                found.append((place.start(), name))
        return [name for _, name in sorted(found)]

    def asked(self, intents: Iterable[str]) -> list[str]:
        """Return the goals that questions show, in the order of the questions, each once."""
        return list(
            dict.fromkeys(
                name for intent in intents for name, goal in self.known.items() if intent in goal.intents
            )
        )

    def words(self, goals: Sequence[str]) -> str:
        """Return goals in words for a text model: of a known one its description, else what was said."""
        return ". ".join(self.known[goal].words if goal in self.known else goal for goal in goals)
