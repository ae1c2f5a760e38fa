"""Rasa's stories and rules: what users say in them, and what the bot has said before."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import yaml

from lam.places import DataError, Located
from lam.types import Example
from lam.understanding.corpus.annotations import parse_entities
from lam.understanding.corpus.bot_turn import BotTurn
from lam.understanding.corpus.domain import Domain
from lam.understanding.corpus.files import YAML, read_files
from lam.understanding.corpus.story_examples import Answer, story_examples
from lam.yaml_nodes import YamlNodes, is_null

_STEPS = ("intent", "user", "or", "action", "bot", "checkpoint", "active_loop", "slot_was_set", "metadata")
_NO_ENTITIES = ("role", "group")


def read_stories(
    paths: Sequence[Path], domain: Domain, known: Sequence[Example], seed: int = 1
) -> list[Located]:
    """Return examples of what users say after a turn of the bot, as stories and rules have it.

    A text counts with the intent beside it, or with the one that labelled examples of the same words have. A
    step with an intent alone gives a few short examples of that intent. Where no turn of the bot is known
    there is nothing to learn; docs/understanding.md tells where that is.

    Args:
        paths: files in Rasa's YAML, and folders of them; all keys but `stories` and `rules` are passed over.
        domain: what the bot's responses and forms say.
        known: labelled examples. Intents that they don't have are passed over.
        seed: of the examples that are drawn.

    Raises:
        DataError: a file is missing, or is not as Rasa has it.
    """
    answers = [
        one for _, name, text in read_files(paths, YAML) for one in _Reader(text, name, domain).answers()
    ]
    return story_examples(answers, known, seed)


class _Reader:
    """Stories of one file."""

    def __init__(self, text: str, file: str, domain: Domain) -> None:
        self._nodes, self._domain = YamlNodes(text, file, "Rasa's stories"), domain

    def answers(self) -> Iterator[Answer]:
        """Yield what users say after known turns of the bot."""
        content = self._nodes.content()
        for key in ("stories", "rules"):
            for node in self._nodes.items(content.get(key)):
                yield from self._story(self._nodes.mapping(node))

    def _story(self, story: dict[str, yaml.Node]) -> Iterator[Answer]:
        turn = BotTurn(self._domain)
        conditions = [self._nodes.mapping(one) for one in self._nodes.items(story.get("condition"))]
        for one in conditions:  # a rule within a form: that has asked for something
            if "active_loop" in one and (form := self._name(one["active_loop"], "active_loop")):
                turn.act(form)
        for one in conditions:
            self._slots(one.get("slot_was_set"), turn)
        for node in self._nodes.items(story.get("steps")):
            yield from self._step(node, turn)

    def _step(self, node: yaml.Node, turn: BotTurn) -> Iterator[Answer]:
        step = self._nodes.mapping(node)
        kind = next((one for one in _STEPS if one in step), None)
        if kind in ("intent", "user", "or"):
            yield from self._said(node, step, turn)
        elif kind == "action":
            turn.act(self._nodes.words(step[kind], kind, node).strip())
        elif kind == "bot":
            turn.say([self._nodes.words(step[kind], kind, node).strip()])
        elif kind == "checkpoint":
            turn.forget()
        elif kind == "active_loop":
            turn.loop(self._name(step[kind], kind))
        elif kind == "slot_was_set":
            self._slots(step[kind], turn)
        elif kind is None:
            self._nodes.fail(
                node, f": a step with one of the keys {', '.join(_STEPS)}; found {', '.join(step)}"
            )

    def _said(self, node: yaml.Node, step: dict[str, yaml.Node], turn: BotTurn) -> Iterator[Answer]:
        """Yield each of the things that the user may say in a step; an `or` may also be one of slots."""
        several = self._nodes.items(step["or"]) if "or" in step else [node]
        spoken = [
            (one, found) for one in several if {"intent", "user"} & {*(found := self._nodes.mapping(one))}
        ]
        if not spoken:
            return
        for one, found in spoken:
            yield from self._answer(one, found, turn.texts)
        turn.forget()

    def _answer(
        self, node: yaml.Node, step: dict[str, yaml.Node], turns: tuple[str, ...]
    ) -> Iterator[Answer]:
        intent = self._nodes.words(step["intent"], "intent", node).strip() if "intent" in step else ""
        if "user" not in step:
            labels = frozenset(self._labels(step.get("entities")))
            yield Answer(turns, intent, None, labels, self._nodes.place(node))
            return
        text = self._nodes.words(step["user"], "user", node).strip()
        place = self._nodes.place(next(line for line, one in self._nodes.lines(step["user"]) if one.strip()))
        try:
            said = parse_entities(text, intent)
        except ValueError as error:
            raise DataError(f"{place}: {error}") from error
        if not text.startswith("/"):  # what a button sends, which nobody types
            yield Answer(turns, intent, said, frozenset(), place)

    def _labels(self, node: yaml.Node | None) -> Iterator[str]:
        """Yield the names of the entities beside an intent."""
        for one in self._nodes.items(node):
            if isinstance(one, yaml.MappingNode):
                yield from (key for key in self._nodes.mapping(one) if key not in _NO_ENTITIES)
            else:
                yield self._nodes.words(one, "entities", one).strip()

    def _slots(self, node: yaml.Node | None, turn: BotTurn) -> None:
        """Of the slots that a step sets, only that which a form asks for next says what has been said."""
        for one in self._nodes.items(node):
            if isinstance(one, yaml.MappingNode) and "requested_slot" in (slots := self._nodes.mapping(one)):
                turn.request(self._name(slots["requested_slot"], "requested_slot"))

    def _name(self, node: yaml.Node, key: str) -> str:
        """Return a name, or an empty one for null."""
        return "" if is_null(node) else self._nodes.words(node, key, node).strip()
