"""Rasa's NLU YAML, and beside it `contexts`: what people say after a turn of the bot."""

from collections.abc import Iterator
from dataclasses import replace

import yaml

from lam.places import DataError, Located
from lam.understanding.corpus.annotations import parse_entities
from lam.yaml_nodes import YamlNodes, is_null

_KINDS = ("intent", "synonym", "regex", "lookup")


def read_yaml(text: str, file: str) -> Iterator[Located]:
    """Return the examples under the keys `nlu` and `contexts`; synonyms, lookups and regexes are passed over.

    A line that begins with # among examples is a comment.

    Args:
        text: the file's content.
        file: what to call it.

    Raises:
        DataError: it is no YAML, or an item is not as Rasa has it.
    """
    reader = _Reader(YamlNodes(text, file, "Rasa's NLU YAML"))
    content = reader.nodes.content()
    for item in reader.nodes.items(content.get("nlu")):
        yield from reader.intent(item)
    for item in reader.nodes.items(content.get("contexts")):
        yield from reader.context(item)


class _Reader:
    """Examples of one file."""

    def __init__(self, nodes: YamlNodes) -> None:
        self.nodes = nodes

    def intent(self, node: yaml.Node) -> Iterator[Located]:
        item = self.nodes.mapping(node)
        if not any(kind in item for kind in _KINDS):
            found = ", ".join(item)
            self.nodes.fail(node, f": an item with one of the keys {', '.join(_KINDS)}; found {found}")
        if "intent" in item:
            yield from self._examples(node, item)

    def context(self, node: yaml.Node) -> Iterator[Located]:
        item = self.nodes.mapping(node)
        bot = item.get("bot")
        several = bot.value if isinstance(bot, yaml.SequenceNode) else [bot]
        turns = [self.nodes.words(one, "bot", node) for one in several]
        if "intent" not in item or not turns:
            self.nodes.fail(
                node, ": an item with the keys bot, intent and examples; something is missing or empty"
            )
        for one, place in self._examples(node, item):
            yield from ((replace(one, context=turn), place) for turn in turns)

    def _examples(self, node: yaml.Node, item: dict[str, yaml.Node]) -> Iterator[Located]:
        intent, number = self.nodes.words(item["intent"], "intent", node).strip(), 0
        for number, (line, text) in enumerate(self._texts(item.get("examples"), intent), start=1):
            place = self.nodes.place(line)
            try:
                yield parse_entities(text, intent), place
            except ValueError as error:
                raise DataError(f"{place}: Intent {intent!r}, example {number}: {error}") from error
        if not number:
            self.nodes.fail(node, f": examples of the intent {intent!r}; found none. Add some, or remove it")

    def _texts(self, node: yaml.Node | None, intent: str) -> Iterator[tuple[int, str]]:
        """Rasa takes a block of `- text` lines, or a list of mappings with the key `text`."""
        if is_null(node):
            return
        if isinstance(node, yaml.SequenceNode):
            for one in node.value:
                text = self.nodes.mapping(one).get("text")
                words = self.nodes.words(text, "text", one).strip().removeprefix("- ")
                yield next(line for line, found in self.nodes.lines(text) if found.strip()), words
            return
        for line, found in self.nodes.lines(node):
            said = found.strip()
            if said.startswith("-"):
                yield line, said[1:].strip()
            elif said and not said.startswith("#"):
                self.nodes.fail(
                    line, f": an example of {intent!r} with a dash before it; found {said[:40]!r}"
                )
