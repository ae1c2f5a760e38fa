"""Rasa's way to mark the entities of a text: `[Anna](payee)`, or `[Anna]{"entity": "payee"}`."""

import json
import re
from collections.abc import Iterator
from typing import Any

from lam.types import Example, Span

_ENTITY = re.compile(
    r"\[(?P<words>[^\[\]]+)\](?:\((?P<label>[^)]+)\)|(?P<facts>\{[^}]+\})|\[(?P<several>\{[^\]]+\})\])"
)
# What is left between entities may hold brackets, "what is [this]", but none that was to mark an entity.
_BROKEN = re.compile(r"\[[^\]]*$|\](?=\(|\{|\[\{)")


def parse_entities(text: str, intent: str = "") -> Example:
    """Return a text without Rasa's annotations, and its spans.

    `[Anna](payee)`, `[Anna]{"entity": "payee", "value": "Anna B."}`, and where the same words are several
    entities `[Anna][{"entity": …}, {"entity": …}]`. Roles, groups and what follows a colon are passed over.

    Raises:
        ValueError: an annotation is broken.
    """
    if "[" not in text and "]" not in text:
        return Example(text, intent)
    spans, plain, last = [], "", 0
    for found in _ENTITY.finditer(text):
        plain += _unmarked(text[last : found.start()])
        last = found.end()
        start, words = len(plain), found["words"]
        plain += words
        for label, value in _entities(found):
            spans.append(Span(start, len(plain), label, words if value is None else str(value)))
    return Example(plain + _unmarked(text[last:]), intent, tuple(spans))


def _unmarked(piece: str) -> str:
    if broken := _BROKEN.search(piece):
        raise ValueError(
            'expected [words](entity) or [words]{"entity": "name"}, '
            f"found {piece[broken.start() :][:40]!r}. Close the brackets."
        )
    return piece


def _entities(found: re.Match[str]) -> Iterator[tuple[str, Any]]:
    """Return the label and the value, if it has one, of each entity in an annotation."""
    if found["label"]:
        facts: list[Any] = [{"entity": found["label"].split(":")[0]}]
    else:
        try:
            facts = json.loads(f"[{found['facts'] or found['several']}]")
        except (ValueError, RecursionError) as error:
            raise ValueError(f"expected JSON in {found[0]!r}; {error}") from error
    for one in facts:
        label = one.get("entity") if isinstance(one, dict) else None
        if not isinstance(label, str) or not label.strip():
            raise ValueError(f"expected the name of an entity in {found[0]!r}, found none. Name it.")
        yield label.strip(), one.get("value")
