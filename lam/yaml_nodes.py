"""A YAML file as nodes that know their lines, and what is said when one of them is not as it should be."""

import re
from collections.abc import Iterator
from typing import NoReturn

import yaml

from lam.places import DataError, Place

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# YAML forbids some of them, and takes the others for ends of lines, which would cut texts unseen.
_STRANGE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_BLOCK = re.compile(r"(?:^|\s)[|>][-+0-9]*\s*(?:#.*)?$")


class YamlNodes:
    """Nodes of one file. Marks count lines from 0, all else from 1.

    Each method raises a DataError with the line where a node is something else than it should be.

    Args:
        text: the file's content.
        file: what to call it.
        kind: what it should be, as errors say it.
    """

    def __init__(self, text: str, file: str, kind: str) -> None:
        self._text, self._file, self._kind = text.replace("\r\n", "\n").replace("\r", "\n"), file, kind
        self._lines = self._text.split("\n")

    def content(self) -> dict[str, yaml.Node]:
        """Return the file's keys and values; none of an empty file."""
        if strange := _STRANGE.search(self._text):
            line = self._text.count("\n", 0, strange.start()) + 1
            self.fail(line, f", found the character U+{ord(strange[0]):04X}. Remove it")
        try:
            node = yaml.compose(self._text, Loader=_LOADER)
        except yaml.MarkedYAMLError as error:
            begun = f" (begun in line {error.context_mark.line + 1})" if error.context_mark else ""
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            self.fail(line, f"; {error.context or 'while reading'}{begun}: {error.problem}", error)
        except (yaml.YAMLError, RecursionError) as error:
            self.fail(1, f"; {error}", error)
        return {} if is_null(node) else self.mapping(node)

    def items(self, node: yaml.Node | None) -> list[yaml.Node]:
        """Return the items of a list; none where there is nothing."""
        if is_null(node):
            return []
        if not isinstance(node, yaml.SequenceNode):
            self.fail(node, ": a list of items, each with a dash")
        return list(node.value)

    def mapping(self, node: yaml.Node | None) -> dict[str, yaml.Node]:
        """Return the keys and values of a mapping."""
        if not isinstance(node, yaml.MappingNode):
            self.fail(node, ": a mapping of keys to values")
        found: dict[str, yaml.Node] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.value in found:
                self.fail(key, f" with each key once, found {key.value!r} again")
            found[key.value] = value
        return found

    def words(self, node: yaml.Node | None, key: str, item: yaml.Node) -> str:
        """Return the text of a key's value, which is not blank; `item` is what has the key."""
        if not isinstance(node, yaml.ScalarNode) or is_null(node) or not node.value.strip():
            self.fail(node or item, f": words for the key {key!r}, found none")
        return str(node.value)

    def lines(self, node: yaml.Node | None) -> Iterator[tuple[int, str]]:
        """Return a text's lines with their numbers; those of a quoted text all have that of its beginning."""
        if not isinstance(node, yaml.ScalarNode):
            self.fail(node, ": a block of lines (examples: |), or a list of mappings with the key text")
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

    def place(self, where: yaml.Node | int | None) -> Place:
        """Return the line of a node, or a line of this number; the first one where there is nothing."""
        line = where if isinstance(where, int) else where.start_mark.line + 1 if where else 1
        return Place(self._file, min(line, len(self._lines)))

    def fail(self, where: yaml.Node | int | None, words: str, cause: Exception | None = None) -> NoReturn:
        """Raise a DataError: a place isn't what the file should be."""
        raise DataError(f"{self.place(where)}: expected {self._kind}{words}.") from cause


def is_null(node: yaml.Node | None) -> bool:
    """Tell whether there is nothing: no node, or an empty one."""
    return node is None or node.tag == "tag:yaml.org,2002:null"
