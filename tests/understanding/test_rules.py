"""What rules find in a text: amounts, dates, IBANs, card endings, currencies and cities."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lam.understanding.rules import RuleReader

READER = RuleReader("en", ["Lisbon", "Berlin"], "EUR")


def found(text: str) -> list[tuple[str, str, str]]:
    """Label, words and value of all that is found."""
    return [(one.label, text[one.start : one.end], one.value) for one in READER.read(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("send 50 euros to Anna", [("amount", "50 euros", "50.00")]),
        ("pay €1,250.50 tomorrow", [("amount", "€1,250.50", "1250.50"), ("date", "tomorrow", "tomorrow")]),
        ("send Anna 50", [("amount", "50", "50.00")]),
        ("50 please", [("amount", "50", "50.00")]),
        (
            "to DE89 3704 0044 0532 0130 00",
            [("iban", "DE89 3704 0044 0532 0130 00", "DE89370400440532013000")],
        ),
        ("branch in lisbon", [("city", "lisbon", "Lisbon")]),
        ("how many yen do I get", [("currency", "yen", "JPY")]),
    ],
)
def test_each_kind_is_found(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert found(text) == expected


def test_an_amount_in_foreign_money_names_it() -> None:
    assert [(label, value) for label, _, value in found("change 100 dollars")] == [
        ("amount", "100.00"),
        ("currency", "USD"),
    ]


@pytest.mark.parametrize("text", ["the card ending in 4321", "my card ending 4321"])
def test_a_card_is_known_by_its_last_digits(text: str) -> None:
    assert ("card_ending", "4321") in [(label, value) for label, _, value in found(text)]


@pytest.mark.parametrize(
    "text", ["may I ask you something", "I waited 3 weeks", "I have 2 cards", "that is the 24/7 hotline", ""]
)
def test_what_only_looks_like_it_is_left_alone(text: str) -> None:
    assert [one for one in found(text) if one[0] in ("amount", "card_ending", "iban")] == []
    assert ("date", "may") not in [(label, words) for label, words, _ in found(text)]


@given(st.text(max_size=80))
def test_spans_lie_inside_any_text(text: str) -> None:
    spans = READER.read(text)
    assert all(0 <= one.start < one.end <= len(text) for one in spans)
    assert spans == sorted(spans, key=lambda one: (one.start, one.label))
