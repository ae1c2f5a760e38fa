"""Mends mistyped words before a text is read: to words that the training texts have."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

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
    long word may also be two edits away behind its first letter. Nearer words come first.

    Args:
        counts: how often the training texts have each word, in small letters.
        known: other words that need no mending.
    """

    def __init__(self, counts: dict[str, int], known: Collection[str] = ()) -> None:
        self._counts = counts
        self._known = frozenset(known)
        self._words = [word for word in counts if len(word) >= _SHORTEST]
        self._long: dict[str, list[str]] = defaultdict(list)
        for word in self._words:
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
        able = _near(word, self._words, 1)
        if not able:
            if split := self._split(word):
                return split
            if len(word) >= _LONG:
                able = _near(word, self._long.get(word[0], ()), 2)
        return max(able, key=lambda one: (self._counts[one], one), default=None)

    def _split(self, word: str) -> str | None:
        parts = [
            (min(self._counts.get(left, 0), self._counts.get(right, 0)), f"{left} {right}")
            for cut in range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1)
            for left, right in ((word[:cut], word[cut:]),)
        ]
        best = max(parts, default=(0, ""))
        return best[1] if best[0] else None


def _near(word: str, others: Sequence[str], edits: int) -> list[str]:
    """Return the words at most so many edits away (restricted Damerau-Levenshtein)."""
    return [
        other for other, _, _ in extract(word, others, scorer=OSA.distance, score_cutoff=edits, limit=None)
    ]
