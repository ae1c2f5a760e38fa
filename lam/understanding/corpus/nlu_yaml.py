"""Rasa's NLU YAML, and beside it `contexts`: what people say after a turn of the bot."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NoReturn

import yaml

from lam.understanding.corpus.annotations import parse_entities
from lam.understanding.corpus.places import DataError, Located, Place

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_KINDS = ("intent", "synonym", "regex", "lookup")
# YAML forbids some of them, and takes the others for ends of lines, which would cut texts unseen.
_STRANGE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_BLOCK = re.compile(r"(?:^|\s)[|>][-+0-9]*\s*(?:#.*)?$")


def read_yaml(text: str, file: str) -> Iterator[Located]:
    """Return the examples under the keys `nlu` and `contexts`; synonyms, lookups and regexes are passed over.

    A line that begins with # among examples is a comment.

    Args:
        text: the file's content.
        file: what to call it.

    Raises:
        DataError: it is no YAML, or an item is not as Rasa has it.
    """
    reader = _Reader(text.replace("\r\n", "\n").replace("\r", "\n"), file)
    content = reader.content()
    for item in reader.items(content.get("nlu")):
        yield from reader.intent(item)
    for item in reader.items(content.get("contexts")):
        yield from reader.context(item)


class _Reader:
    """Nodes of one file. Marks count lines from 0, all else from 1."""

    def __init__(self, text: str, file: str) -> None:
        self._text, self._file = text, file
        self._lines = text.split("\n")

    def content(self) -> dict[str, yaml.Node]:
        if strange := _STRANGE.search(self._text):
            line = self._text.count("\n", 0, strange.start()) + 1
            self._fail(line, f", found the character U+{ord(strange[0]):04X}. Remove it")
        try:
            node = yaml.compose(self._text, Loader=_LOADER)
        except yaml.MarkedYAMLError as error:
            begun = f" (begun in line {error.context_mark.line + 1})" if error.context_mark else ""
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            self._fail(line, f"; {error.context or 'while reading'}{begun}: {error.problem}", error)
        except (yaml.YAMLError, RecursionError) as error:
            self._fail(1, f"; {error}", error)
        return {} if node is None or self._is_null(node) else self._mapping(node)

    def items(self, node: yaml.Node | None) -> list[yaml.Node]:
        if node is None or self._is_null(node):
            return []
        if not isinstance(node, yaml.SequenceNode):
            self._fail(node, ": a list of items, each with a dash")
        return list(node.value)

    def intent(self, node: yaml.Node) -> Iterator[Located]:
        item = self._mapping(node)
        if not any(kind in item for kind in _KINDS):
            self._fail(node, f": an item with one of the keys {', '.join(_KINDS)}; found {', '.join(item)}")
        if "intent" in item:
            yield from self._examples(node, item)

    def context(self, node: yaml.Node) -> Iterator[Located]:
        item = self._mapping(node)
        bot = item.get("bot")
        several = bot.value if isinstance(bot, yaml.SequenceNode) else [bot]
        turns = [self._words(one, "bot", node) for one in several]
        if "intent" not in item or not turns:
            self._fail(
                node, ": an item with the keys bot, intent and examples; something is missing or empty"
            )
        for one, place in self._examples(node, item):
            yield from ((replace(one, context=turn), place) for turn in turns)

    def _examples(self, node: yaml.Node, item: dict[str, yaml.Node]) -> Iterator[Located]:
        intent, number = self._words(item["intent"], "intent", node).strip(), 0
        for number, (line, text) in enumerate(self._texts(item.get("examples"), intent), start=1):
            place = Place(self._file, line)
            try:
                yield parse_entities(text, intent), place
            except ValueError as error:
                raise DataError(f"{place}: Intent {intent!r}, example {number}: {error}") from error
        if not number:
            self._fail(node, f": examples of the intent {intent!r}; found none. Add some, or remove it")

    def _texts(self, node: yaml.Node | None, intent: str) -> Iterator[tuple[int, str]]:
        """Rasa takes a block of `- text` lines, or a list of mappings with the key `text`."""
        if node is None or self._is_null(node):
            return
        if isinstance(node, yaml.SequenceNode):
            for one in node.value:
                text = self._mapping(one).get("text")
                words = self._words(text, "text", one).strip().removeprefix("- ")
                yield next(line for line, found in self._source(text) if found.strip()), words
            return
        for line, found in self._source(node):
            said = found.strip()
            if said.startswith("-"):
                yield line, said[1:].strip()
            elif said and not said.startswith("#"):
                self._fail(line, f": an example of {intent!r} with a dash before it; found {said[:40]!r}")

    def _source(self, node: Any) -> Iterator[tuple[int, str]]:
        """Return a text's lines with their numbers; those of a quoted text all have that of its beginning."""
        if not isinstance(node, yaml.ScalarNode):
            self._fail(node, ": a block of lines (examples: |), or a list of mappings with the key text")
        line = node.start_mark.line + 1
        if node.style not in ("|", ">"):
            yield from ((line, text) for text in node.value.split("\n"))
            return
        while not _BLOCK.search(self._lines[line - 1]):  # the mark is that of an anchor further up
            line += 1
        if node.style == "|":
            yield from enumerate(node.value.split("\n"), start=line + 1)
        else:
            yield from self._folded(node, line)

    def _folded(self, node: yaml.ScalarNode, line: int) -> Iterator[tuple[int, str]]:
        """YAML has made one line of several: take from the file what each is made of."""
        for text in filter(str.strip, node.value.split("\n")):
            rest, begun = text.strip(), 0
            while rest:
                piece = self._lines[line].strip()  # the next one: `line` counts from 1
                line += 1
                begun = begun or (line if piece else 0)
                rest = rest[len(piece) :].strip()
            yield begun, text

    def _mapping(self, node: yaml.Node) -> dict[str, yaml.Node]:
        if not isinstance(node, yaml.MappingNode):
            self._fail(node, ": a mapping of keys to values")
        found: dict[str, yaml.Node] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.value in found:
                self._fail(key, f" with each key once, found {key.value!r} again")
            found[key.value] = value
        return found

    def _words(self, node: yaml.Node | None, key: str, item: yaml.Node) -> str:
        if not isinstance(node, yaml.ScalarNode) or self._is_null(node) or not node.value.strip():
            self._fail(node or item, f": words for the key {key!r}, found none")
        return str(node.value)

    @staticmethod
    def _is_null(node: yaml.Node) -> bool:
        return node.tag == "tag:yaml.org,2002:null"

    def _fail(self, where: yaml.Node | int, words: str, cause: Exception | None = None) -> NoReturn:
        line = where if isinstance(where, int) else where.start_mark.line + 1
        place = Place(self._file, min(line, len(self._lines)))
        raise DataError(f"{place}: expected Rasa's NLU YAML{words}.") from cause
