"""Adversarial inputs: a text as people mistype it, as speech recognition mishears it, or in other words."""

import random
import re
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import TypeVar

from lam.types import Example
from lam.understanding import noise_words
from lam.understanding.noise_edits import Edit, apply, cuts
from lam.understanding.noise_words import Swap, WordLists

_T = TypeVar("_T")
_LONG = re.compile(r"[^\W\d_]{3,}")
_SHORT = re.compile(r"(?<![^\W\d_])[^\W\d_]{1,2}(?![^\W\d_])")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_JOINT = re.compile(r"(?<=\S) (?=\S)")


class Noise(StrEnum):
    """What may befall a text. The budget of each counts its edits."""

    TYPO = "typo"  # a key next to the right one
    SWAP = "swap"  # two neighbouring letters, the wrong way round
    DROP = "drop"  # a letter left out
    DOUBLE = "double"  # a letter twice
    CASE = "case"  # small letters and capitals, anywhere in the text for any budget
    JOIN = "join"  # a space left out
    HOMOPHONE = "homophone"  # words that sound alike
    SYNONYM = "synonym"  # words that mean the same
    DISTRACTOR = "distractor"  # a clause that says nothing, before the text or behind it


class Lists(StrEnum):
    """Whose keys, words and clauses: no pair and no clause is on both sides."""

    TRAINING = "training"
    TEST = "test"


_LISTS = {Lists.TRAINING: noise_words.TRAINING, Lists.TEST: noise_words.TEST}
_LETTERS = (Noise.TYPO, Noise.SWAP, Noise.DROP, Noise.DOUBLE)


def perturb(example: Example, noise: Noise, edits: int, dice: random.Random, lists: Lists) -> Example:
    """Return an example with up to `edits` edits, fewer where there is nowhere else to edit; often none.

    The intent stays, and each span still names the same: no edit merges it with what is around it.

    Args:
        example: the labelled text.
        noise: of which kind.
        edits: the budget, never exceeded.
        dice: draws the places and what comes there.
        lists: of the training or of the test.

    Raises:
        ValueError: the budget is negative.
    """
    if edits < 0:
        raise ValueError(f"Expected a budget of 0 edits or more, found {edits}. Ask for 1 or 2.")
    if not edits or not example.text.strip():
        return example
    words = _LISTS[lists]
    if noise in _LETTERS:
        found = _letters(example, noise, edits, dice, words.keys)
    elif noise is Noise.CASE:
        found = _case(example.text, dice)
    elif noise is Noise.JOIN:
        found = _joins(example, edits, dice)
    elif noise is Noise.DISTRACTOR:
        found = _clauses(example.text, edits, dice, words)
    else:
        swaps = words.homophones if noise is Noise.HOMOPHONE else words.synonyms
        found = _swaps(example, edits, dice, swaps)
    return apply(example, found) if found else example


def _letters(
    example: Example, noise: Noise, edits: int, dice: random.Random, keys: dict[str, str]
) -> list[Edit]:
    text = example.text
    found: list[Edit] = []
    for pattern in (_LONG, _SHORT):
        places = _places(example, noise, pattern, keys)
        while places and len(found) < edits:
            place = _one_of(places, dice)
            letter, width = text[place], 1
            if noise is Noise.TYPO:
                other = _one_of(keys[letter], dice)
            elif noise is Noise.SWAP:
                other, width = text[place + 1] + letter, 2
            else:
                other = "" if noise is Noise.DROP else letter * 2
            found.append(Edit(place, place + width, other))
            places = [one for one in places if abs(one - place) > 1]
        if len(found) == edits:
            break
    return found


def _places(example: Example, noise: Noise, pattern: re.Pattern[str], keys: dict[str, str]) -> list[int]:
    text, words = example.text, [word.span() for word in pattern.finditer(example.text)]
    if noise is Noise.SWAP:
        return [one for start, end in words for one in range(start, end - 1) if text[one] != text[one + 1]]
    if noise is Noise.TYPO:
        return [one for start, end in words for one in range(start, end) if text[one] in keys]
    if noise is Noise.DOUBLE:
        return [one for start, end in words for one in range(start, end)]
    # A word and a span keep a letter: of two neighbours only one is ever dropped.
    alone = {span.start for span in example.spans if span.end - span.start == 1}
    return [one for start, end in words if end - start > 1 for one in range(start, end) if one not in alone]


def _case(text: str, dice: random.Random) -> list[Edit]:
    def shout_some(word: str) -> str:
        return word.upper() if dice.random() < 0.5 else word

    for style in dice.sample((str.lower, str.upper, str.capitalize, shout_some), 4):
        other = _recased(text, style)
        if other != text and other.lower() == text.lower():
            return [Edit(0, len(text), other)]
    return []


def _recased(text: str, style: Callable[[str], str]) -> str:
    def recased(word: re.Match[str]) -> str:
        # Not every letter has one capital: that of "ß" is "SS".
        other = style(word[0])
        return other if len(other) == len(word[0]) else word[0]

    return _WORD.sub(recased, text)


def _joins(example: Example, edits: int, dice: random.Random) -> list[Edit]:
    spaces = [space.start() for space in _JOINT.finditer(example.text)]
    places = [one for one in spaces if not cuts(example.spans, one - 1, one + 2)]
    return [Edit(one, one + 1, "") for one in dice.sample(places, min(edits, len(places)))]


def _swaps(
    example: Example, edits: int, dice: random.Random, swaps: dict[str, tuple[Swap, ...]]
) -> list[Edit]:
    text, possible = example.text, []
    words = [word.span() for word in _WORD.finditer(text)]
    ends = {end for _, end in words}
    for start, last in words:
        for swap in swaps.get(_plain(text[start:last]), ()):
            end = start + len(swap.phrase)
            there = end in ends and _plain(text[start:end]) == swap.phrase
            if there and not cuts(example.spans, start, end):
                possible.append(Edit(start, end, _cased(swap.other, text[start:end])))
    found: list[Edit] = []
    while possible and len(found) < edits:
        found.append(_one_of(possible, dice))
        possible = [one for one in possible if one.end <= found[-1].start or found[-1].end <= one.start]
    return found


def _plain(text: str) -> str:
    return text.lower().replace("’", "'")


def _cased(other: str, source: str) -> str:
    if len(source) == 1 or not source[0].isupper():  # "I" says nothing about its sentence
        return other
    return other.upper() if source.isupper() else other[0].upper() + other[1:]


def _one_of(choices: Sequence[_T], dice: random.Random) -> _T:
    return choices[int(dice.random() * len(choices))]  # half the time of dice.choice


def _clauses(text: str, edits: int, dice: random.Random, words: WordLists) -> list[Edit]:
    comma = "," if text[-1].isalnum() else ""
    ends = (
        Edit(0, 0, f"{_one_of(words.before, dice)} "),
        Edit(len(text), len(text), f"{comma} {_one_of(words.after, dice)}"),
    )
    return dice.sample(ends, min(edits, len(ends)))
