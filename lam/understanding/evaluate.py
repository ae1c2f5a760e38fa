"""How well readings agree with what was meant."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from lam.types import Span


@dataclass(frozen=True)
class Score:
    """Precision, recall and F1 in [0, 1], and how many were meant."""

    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True)
class Evaluation:
    """Accuracy, a score for each intent, and the confusions as (meant, read, times), most frequent first."""

    accuracy: float
    intents: dict[str, Score]
    confusions: tuple[tuple[str, str, int], ...]


def evaluate(meant: Sequence[str], read: Sequence[str | None]) -> Evaluation:
    """Compare intents text by text.

    Raises:
        ValueError: the two differ in length, or there is nothing to compare.
    """
    if len(meant) != len(read) or not meant:
        raise ValueError(
            f"Expected as many readings as texts, at least one; found {len(read)} and {len(meant)}."
        )
    pairs = Counter(zip(meant, (one or "" for one in read), strict=True))
    wanted, given = Counter(meant), Counter(read)
    scores = {one: _score(pairs[one, one], given[one], wanted[one]) for one in sorted(wanted)}
    confusions = tuple((left, right, times) for (left, right), times in pairs.most_common() if left != right)
    return Evaluation(sum(pairs[one, one] for one in wanted) / len(meant), scores, confusions)


def span_score(meant: Sequence[Sequence[Span]], found: Sequence[Sequence[Span]]) -> Score:
    """Compare entity spans over all texts: one counts when its borders and its label are right."""
    wanted = {(row, one.start, one.end, one.label) for row, spans in enumerate(meant) for one in spans}
    given = {(row, one.start, one.end, one.label) for row, spans in enumerate(found) for one in spans}
    return _score(len(wanted & given), len(given), len(wanted))


def _score(hits: int, given: int, wanted: int) -> Score:
    precision, recall = hits / given if given else 0.0, hits / wanted if wanted else 0.0
    f1 = 2 * precision * recall / (precision + recall) if hits else 0.0
    return Score(precision, recall, f1, wanted)
