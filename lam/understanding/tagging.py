"""BIO tags: from spans to tags, and from a model's scores to the best legal sequence of them."""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from lam.encoder.tokens import Word
from lam.types import Span

Floats = npt.NDArray[np.float32]
OUTSIDE = "O"


class Scheme:
    """The tags of a set of labels: O, then B-label and I-label for each."""

    def __init__(self, labels: Iterable[str]) -> None:
        self.labels = tuple(sorted(set(labels)))
        self.tags = (OUTSIDE, *(f"{mark}-{label}" for label in self.labels for mark in "BI"))
        self._places = {tag: place for place, tag in enumerate(self.tags)}

    def legal_starts(self) -> npt.NDArray[np.bool_]:
        """Whether a sequence may begin with a tag. Shape: (tags,)"""
        return np.array([not tag.startswith("I-") for tag in self.tags])

    def legal_steps(self) -> npt.NDArray[np.bool_]:
        """Whether one tag may follow another: I-x only B-x or I-x. Shape: (tag, next tag)"""
        inside = np.array([tag.startswith("I-") for tag in self.tags])
        labels = np.array([tag[2:] for tag in self.tags])
        steps: npt.NDArray[np.bool_] = ~inside | (labels[:, None] == labels)
        return steps

    def encode(self, words: Sequence[Word], spans: Iterable[Span]) -> list[int]:
        """Return the tag of each word. A word that a span cuts belongs to it."""
        tags = [0] * len(words)
        for span in spans:
            inside = [n for n, word in enumerate(words) if word.start < span.end and span.start < word.end]
            for n in inside:
                tags[n] = self._places[f"{'B' if n == inside[0] else 'I'}-{span.label}"]
        return tags

    def decode(self, text: str, words: Sequence[Word], tags: Sequence[int]) -> tuple[Span, ...]:
        """Return the spans that legal tags mean, from left to right."""
        spans: list[tuple[int, int, str]] = []
        for word, place in zip(words, tags, strict=True):
            mark, _, label = self.tags[place].partition("-")
            if mark == "B":
                spans.append((word.start, word.end, label))
            elif mark == "I":
                spans[-1] = (spans[-1][0], word.end, label)
        return tuple(Span(start, end, label, text[start:end]) for start, end, label in spans)


def best_path(scores: Floats, starts: Floats, steps: Floats, ends: Floats) -> list[int]:
    """Return the tags of the highest total score (Viterbi).

    Args:
        scores: of each tag at each place. Shape: (places, tags)
        starts: of each tag at the first place, -inf where that is illegal. Shape: (tags,)
        steps: of each tag after each other one, -inf where that is illegal. Shape: (tag, next tag)
        ends: of each tag at the last place. Shape: (tags,)
    """
    if not len(scores):
        return []
    total = starts + scores[0]
    sources = []
    for row in scores[1:]:
        paths = total[:, None] + steps
        sources.append(paths.argmax(axis=0))
        total = paths.max(axis=0) + row
    tags = [int((total + ends).argmax())]
    for source in reversed(sources):
        tags.append(int(source[tags[-1]]))
    return tags[::-1]
