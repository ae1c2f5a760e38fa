"""Accuracy, confusions and span scores, counted by hand."""

import pytest

from lam.types import Span
from lam.understanding import Score, evaluate, span_score


def test_intents_are_counted_one_by_one() -> None:
    result = evaluate(["a", "a", "a", "b"], ["a", "a", "b", None])
    assert result.accuracy == 0.5
    assert result.intents["a"] == Score(precision=1.0, recall=2 / 3, f1=0.8, support=3)
    assert result.intents["b"] == Score(precision=0.0, recall=0.0, f1=0.0, support=1)
    assert result.confusions == (("a", "b", 1), ("b", "", 1))


@pytest.mark.parametrize(("meant", "read"), [([], []), (["a"], []), (["a"], ["a", "b"])])
def test_what_cannot_be_compared_is_refused(meant: list[str], read: list[str | None]) -> None:
    with pytest.raises(ValueError, match="as many readings as texts"):
        evaluate(meant, read)


def test_a_span_counts_when_borders_and_label_are_right() -> None:
    meant = [[Span(0, 4, "payee", "Anna"), Span(10, 14, "account", "main")], [Span(0, 3, "payee", "Ben")]]
    found = [[Span(0, 4, "payee", "anna"), Span(10, 14, "product", "main")], [Span(0, 2, "payee", "Be")]]
    assert span_score(meant, found) == Score(precision=1 / 3, recall=1 / 3, f1=1 / 3, support=3)


def test_the_same_span_in_another_text_is_another_span() -> None:
    span = Span(0, 4, "payee", "Anna")
    assert span_score([[span], []], [[], [span]]).f1 == 0


def test_nothing_meant_and_nothing_found_is_no_score() -> None:
    assert span_score([[]], [[]]) == Score(0.0, 0.0, 0.0, 0)
