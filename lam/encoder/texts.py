"""What all tokenizers do alike: which characters and words count, and when and how far a context does."""

from collections.abc import Iterable
from typing import TypeVar

_Token = TypeVar("_Token")
# So many of a context's first and last tokens count: a turn says first what it is about, and asks at its end.
_HEAD, _TAIL = 8, 16
# A text of more tokens is complete in itself, and read better without a turn: of what people say that needs
# the turn before it one in thirty is longer, of all other sentences every second one.
_COMPLETE = 9
# Of shorter ones a vocabulary has nearly all that letters can make: that it has one says nothing.
_SHORTEST = 3


def clean(text: str) -> str:
    """Return a text as a tokenizer takes it: it would panic over a lone surrogate, which UTF-8 can't hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


def ends(tokens: list[_Token]) -> list[_Token]:
    """Return those tokens of a context that count: all of a short one, else the first and the last ones."""
    return tokens if len(tokens) <= _HEAD + _TAIL else tokens[:_HEAD] + tokens[-_TAIL:]


def is_complete(length: int) -> bool:
    """Tell whether a text of so many tokens is read without its context."""
    return length > _COMPLETE


def whole_words(tokens: Iterable[str]) -> list[str]:
    """Return the words among tokens in small letters: what has letters only, and more than two of them."""
    return [one.lower() for one in tokens if len(one) >= _SHORTEST and one.isalpha()]
