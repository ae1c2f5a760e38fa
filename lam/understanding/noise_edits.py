"""Edits of a labelled text, and what becomes of its spans."""

import dataclasses
from collections.abc import Sequence
from typing import NamedTuple

from lam.types import Example, Span


class Edit(NamedTuple):
    """`text[start:end]` becomes `other`."""

    start: int
    end: int
    other: str


def apply(example: Example, edits: Sequence[Edit]) -> Example:
    """Return an example with its text edited and its spans moved along.

    A span grows and shrinks with the edits inside it. Its value is cut from the new text, unless it was
    another than its old text: that is a normalised value, which still holds.

    Args:
        example: the labelled text.
        edits: in any order, none over another, and none that `cuts` a span unless it keeps the length.
    """
    text, edits = example.text, sorted(edits)
    pieces: list[str] = []
    last = 0
    for start, end, other in edits:
        pieces += text[last:start], other
        last = end
    edited = "".join(pieces) + text[last:]
    spans = tuple(_moved(span, text, edited, edits) for span in example.spans)
    return dataclasses.replace(example, text=edited, spans=spans)


def cuts(spans: Sequence[Span], start: int, end: int) -> bool:
    """Tell whether a stretch stands partly inside a span and partly outside of it, or holds one."""
    return any(
        span.start < end and start < span.end and not span.start <= start < end <= span.end for span in spans
    )


def _moved(span: Span, text: str, edited: str, edits: Sequence[Edit]) -> Span:
    # An insertion at a span's border (start == end) belongs to what is outside of it.
    start = span.start + sum(len(one.other) - one.end + one.start for one in edits if one.end <= span.start)
    end = span.end + sum(len(one.other) - one.end + one.start for one in edits if one.start < span.end)
    value = span.value if span.value != text[span.start : span.end] else edited[start:end]
    return Span(start, end, span.label, value)
