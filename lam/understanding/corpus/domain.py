"""What a Rasa domain says that the bot says: responses, and the questions of its forms."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from lam.understanding.corpus.files import YAML, read_files
from lam.yaml_nodes import YamlNodes, is_null

_SLOT = re.compile(r"\{([^{}\n]+)\}")
_BETWEEN = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Domain:
    """The texts of a bot, as far as its domain has them.

    Attributes:
        responses: the variants of each; none of what has no words, a picture say.
        forms: the slots that each asks for.
        actions: the names of those with code of their own.
    """

    responses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    forms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    actions: frozenset[str] = frozenset()

    def question(self, form: str, slot: str) -> tuple[str, ...]:
        """Return the variants of how a form asks for a slot; none where code or nobody does.

        The first of the names that Rasa looks for counts.
        """
        for name in (f"{form}_{slot}", slot):
            if f"action_ask_{name}" in self.actions:
                return ()
            if f"utter_ask_{name}" in self.responses:
                return self.responses[f"utter_ask_{name}"]
        return ()

    def questions(self, form: str) -> tuple[str, ...]:
        """Return all that a form may ask, as far as that is known."""
        return tuple(text for slot in self.forms.get(form, ()) for text in self.question(form, slot))


def read_domain(path: Path) -> Domain:
    """Return what a domain file, or all files of a folder together, say; all their other keys don't count.

    A slot in a response, `{account_name}`, is read as the words of its name: what it will hold is not known.

    Raises:
        DataError: a file is missing, or is not as Rasa has it.
    """
    responses: dict[str, tuple[str, ...]] = {}
    forms: dict[str, tuple[str, ...]] = {}
    actions: set[str] = set()
    for _, name, text in read_files([path], YAML):
        reader = _Reader(YamlNodes(text, name, "a Rasa domain"))
        content = reader.nodes.content()
        responses |= reader.responses(content.get("responses"))
        forms |= reader.forms(content.get("forms"))
        actions.update(reader.names(content.get("actions")))
    return Domain(responses, forms, frozenset(actions))


class _Reader:
    """Parts of one file."""

    def __init__(self, nodes: YamlNodes) -> None:
        self.nodes = nodes

    def responses(self, node: yaml.Node | None) -> dict[str, tuple[str, ...]]:
        return {name: tuple(self._variants(several)) for name, several in self._mapping(node).items()}

    def forms(self, node: yaml.Node | None) -> dict[str, tuple[str, ...]]:
        if isinstance(node, yaml.SequenceNode):  # names alone
            return dict.fromkeys(self.names(node), ())
        found = {}
        for name, form in self._mapping(node).items():
            slots = self._mapping(form).get("required_slots")
            # Rasa 2 had a mapping of slots to what fills them.
            found[name] = tuple(
                self._mapping(slots) if isinstance(slots, yaml.MappingNode) else self.names(slots)
            )
        return found

    def names(self, node: yaml.Node | None) -> list[str]:
        """Return the names of a list; some have settings, as a mapping of one key."""
        return [
            name
            for one in self.nodes.items(node)
            for name in (self.nodes.mapping(one) if isinstance(one, yaml.MappingNode) else [str(one.value)])
        ]

    def _variants(self, node: yaml.Node) -> Iterator[str]:
        for one in self.nodes.items(node):
            text = self.nodes.mapping(one).get("text")
            if isinstance(text, yaml.ScalarNode) and not is_null(text) and (words := text.value.strip()):
                yield _SLOT.sub(lambda slot: _BETWEEN.sub(" ", slot[1]).strip(), words.replace("}{", "} {"))

    def _mapping(self, node: yaml.Node | None) -> dict[str, yaml.Node]:
        return {} if is_null(node) else self.nodes.mapping(node)
