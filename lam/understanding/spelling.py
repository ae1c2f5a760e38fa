"""Mends mistyped words before a text is read: to words that the training texts have."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import NamedTuple

_FILE = "spelling.json"
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
# Shorter words have too many neighbours.
_SHORTEST = 4
# Each part of a word that was two.
_SHORTEST_PART = 2
# From so many letters on a word may be two edits away.
_LONG = 6


class Mended(NamedTuple):
    """A stretch of a text, `text[start:end]`, and what it is read as."""

    start: int
    end: int
    words: str


class Speller:
    """Knows the words of the training texts, and which other words are right as they are.

    A word that is neither, and one edit away from a training word (a letter too many, too few, another one,
    or two the wrong way round), or two of them without their space, is read as the most frequent of those; a
    long word may also be two edits away behind its first letter. Nearer words come first. Those one edit away
    are found by their deletions, as in Garbe's SymSpell (2012).

    Args:
        counts: how often the training texts have each word, in small letters.
        known: other words that need no mending.
    """

    def __init__(self, counts: dict[str, int], known: Collection[str] = ()) -> None:
        self._counts = counts
        self._known = frozenset(known)
        self._near: dict[str, list[str]] = defaultdict(list)
        self._long: dict[str, list[str]] = defaultdict(list)
        for word in counts:
            if len(word) >= _SHORTEST:
                for shorter in (word, *_shorter(word)):
                    self._near[shorter].append(word)
            if len(word) >= _LONG:
                self._long[word[0]].append(word)

    @classmethod
    def learn(cls, texts: Iterable[str], known: Collection[str] = ()) -> "Speller":
        """Make a speller of training texts; words that they have once are taken for slips themselves."""
        counts = Counter(word.lower() for text in texts for word in _WORD.findall(text))
        return cls({word: count for word, count in sorted(counts.items()) if count > 1}, known)

    @classmethod
    def load(cls, folder: Path, known: Collection[str] = ()) -> "Speller":
        """Read what `save` wrote; the words that are right anyway are not kept."""
        return cls(json.loads((folder / _FILE).read_text(encoding="utf-8")), known)

    def save(self, folder: Path) -> None:
        """Write the training words into a folder."""
        (folder / _FILE).write_text(json.dumps(self._counts, ensure_ascii=False), encoding="utf-8")

    def mend(self, text: str) -> list[Mended]:
        """Return what is read otherwise than it is written, from left to right."""
        found = []
        shouting = text.isupper()
        for place, one in enumerate(_WORD.finditer(text)):
            word = one[0]
            # A capital within a sentence is a name's, which is nobody's slip.
            if len(word) < _SHORTEST or (place and word[0].isupper() and not shouting):
                continue
            if words := self._right(word.lower()):
                found.append(Mended(one.start(), one.end(), words))
        return found

    def mended(self, text: str) -> tuple[str, list[tuple[int, int]]]:
        """Return a text as it is read, and for each of its characters the stretch that was written for it."""
        pieces: list[str] = []
        written: list[tuple[int, int]] = []
        last = 0
        for start, end, words in (*self.mend(text), Mended(len(text), len(text), "")):
            pieces += text[last:start], words
            written += [(place, place + 1) for place in range(last, start)] + [(start, end)] * len(words)
            last = end
        return "".join(pieces), written

    def read(self, text: str) -> str:
        """Return a text as it is read."""
        return self.mended(text)[0]

    def _right(self, word: str) -> str | None:
        if word in self._counts or word in self._known:
            return None
        near = {one for shorter in (word, *_shorter(word)) for one in self._near.get(shorter, ())}
        able = [one for one in near if _one_edit(word, one)]
        if not able:
            if split := self._split(word):
                return split
            if len(word) >= _LONG:
                able = [one for one in self._long.get(word[0], ()) if _edits(word, one) <= 2]
        return max(able, key=lambda one: (self._counts[one], one), default=None)

    def _split(self, word: str) -> str | None:
        parts = [
            (min(self._counts.get(left, 0), self._counts.get(right, 0)), f"{left} {right}")
            for cut in range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1)
            for left, right in ((word[:cut], word[cut:]),)
        ]
        best = max(parts, default=(0, ""))
        return best[1] if best[0] else None


def _shorter(word: str) -> list[str]:
    return [word[:place] + word[place + 1 :] for place in range(len(word))]


def _one_edit(word: str, other: str) -> bool:
    """Tell whether two different words are one edit apart (restricted Damerau-Levenshtein)."""
    if abs(len(word) - len(other)) > 1:
        return False
    first = next((n for n, (a, b) in enumerate(zip(word, other, strict=False)) if a != b), None)
    if first is None:
        return True
    left, right = word[first:], other[first:]
    if len(left) == len(right):
        return left[1:] == right[1:] or (left[:2] == right[1::-1] and left[2:] == right[2:])
    return left[1:] == right if len(left) > len(right) else left == right[1:]


def _edits(word: str, other: str, most: int = 2) -> int:
    """Return how many edits two words are apart (restricted Damerau-Levenshtein), or more than `most`."""
    if abs(len(word) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for n, letter in enumerate(word, start=1):
        older, before, row = before, row, [n]
        for m, another in enumerate(other, start=1):
            cost = min(before[m] + 1, row[m - 1] + 1, before[m - 1] + (letter != another))
            if n > 1 and m > 1 and letter == other[m - 2] and word[n - 2] == another:
                cost = min(cost, older[m - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]
