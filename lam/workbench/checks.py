"""What looks wrong in labelled texts before a training learns it."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lam.places import Place
from lam.types import Example, Span

_LONG = 10_000
# Control characters but tab and ends of lines, Unicode's own ends of lines, and what a broken decoder leaves.
_STRANGE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufffd\ufffe\uffff\ud800-\udfff]")
_INSIDE = re.compile(r"\w\w")


@dataclass(frozen=True)
class Finding:
    """What is wrong at a place; `fatal` where no training should go on."""

    place: Place
    message: str
    fatal: bool = False


def check(located: Sequence[tuple[Example, Place]]) -> list[Finding]:
    """Return what looks wrong in examples, in the order of files and lines.

    Fatal are blank texts and overlapping entities. Warnings are intents with one example, a text that has two
    intents after the same turn of the bot (capitals and spaces do not count), entities that begin or end
    within a word, characters that nobody types, and texts that will be cut.
    """
    found = {*_lonely(located), *_torn(located)}
    for example, place in located:
        found.update(_text(example, place), _borders(example, place), _overlaps(example, place))
    return sorted(found, key=lambda one: (one.place, not one.fatal, one.message))


def _lonely(located: Sequence[tuple[Example, Place]]) -> Iterator[Finding]:
    places: dict[str, dict[str, Place]] = defaultdict(dict)
    for example, place in located:
        places[example.intent].setdefault(_plain(example.text), place)
    for intent, texts in places.items():
        if len(texts) == 1:
            (place,) = texts.values()
            yield Finding(place, f"the intent {intent!r} has a single example. Add some.")


def _torn(located: Sequence[tuple[Example, Place]]) -> Iterator[Finding]:
    intents: dict[tuple[str, str], dict[str, Place]] = defaultdict(dict)
    for example, place in located:
        before = intents[_plain(example.text), _plain(example.context)]
        if before and example.intent not in before:
            other, there = next(iter(before.items()))
            yield Finding(
                place,
                f"{_short(example.text)} is {example.intent!r} here, and {other!r} in {there}. Keep one.",
            )
        before.setdefault(example.intent, place)


def _text(example: Example, place: Place) -> Iterator[Finding]:
    text = example.text
    if not text.strip():
        yield Finding(
            place, f"an example of {example.intent!r} is blank. Write it, or remove it.", fatal=True
        )
    if strange := sorted({f"U+{ord(sign):04X}" for sign in _STRANGE.findall(text)}):
        yield Finding(place, f"{_short(text)} holds {', '.join(strange)}. Was it saved as something else?")
    if len(text) > _LONG:
        yield Finding(place, f"{_short(text)} has {len(text)} characters: it will be cut.")


def _borders(example: Example, place: Place) -> Iterator[Finding]:
    for span in example.spans:
        torn = [
            side
            for side, border in (("begins", span.start), ("ends", span.end))
            if border and _INSIDE.fullmatch(example.text[border - 1 : border + 1])
        ]
        if torn:
            yield Finding(
                place, f"the {_named(example, span)} {' and '.join(torn)} within a word. Mark whole words."
            )


def _overlaps(example: Example, place: Place) -> Iterator[Finding]:
    widest: Span | None = None  # of those to the left
    for span in sorted(example.spans, key=lambda one: (one.start, one.end)):
        if widest and span.start < widest.end:
            names = f"the {_named(example, widest)} and the {_named(example, span)}"
            yield Finding(place, f"{names} overlap. Keep one of them.", fatal=True)
        widest = span if widest is None or span.end > widest.end else widest


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _named(example: Example, span: Span) -> str:
    return f"{span.label} {_short(example.text[span.start : span.end])}"


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else f"{text[:59]}…")
