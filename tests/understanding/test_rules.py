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


@pytest.mark.parametrize(
    ("iban", "behind"),
    [
        ("AT61 1904 3002 3457 3201", [("date", "next friday", "next friday")]),
        ("BE68 5390 0754 7034", [("amount", "20 euros", "20.00")]),
        ("ES91 2100 0418 4502 0005 1332", []),
        ("de89 3704\u00a00044 0532 0130 00", []),
        ("MT84 MALT 0110 0001 2345 MTLC AST0 01S", [("date", "tomorrow", "tomorrow")]),
        ("XX12 3456 7890 1234", [("amount", "20 euros", "20.00")]),  # a wrong one ends with its digits, too
    ],
)
def test_an_iban_takes_no_word_that_follows(iban: str, behind: list[tuple[str, str, str]]) -> None:
    words = behind[0][1] if behind else "from savings"
    link = "with " if "euros" in words else ""
    (label, _, value), *others = found(f"pay {iban} {link}{words}")
    assert (label, value) == ("iban", "".join(iban.split()).upper())
    assert others == behind


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("send ben 1 000 euros", ["1000.00"]),
        ("send ben 1 000", ["1000.00"]),
        ("send ben €1 000,50", ["1000.50"]),
        ("1\u202f000 000 euros", ["1000000.00"]),
        ("1  000 euros", []),
        ("€5m", ["5000000.00"]),
        ("send 5m to ben", []),
        ("0.500 euros", ["0.50"]),
        ("send half a grand to ben", ["500.00"]),
        ("send one and a half thousand euros", ["1500.00"]),
        ("send 2 thousand 500 to ben", ["2500.00"]),
        ("send two thousand 500 to ben", []),
        ("send two fifty euros", []),
        ("send 2 and a half to ben", []),
        ("send 20 30 to ben", []),
        ("send ben 50 1 december", ["50.00"]),
        ("send the other one 50", ["50.00"]),
        ("my number is +351 912 000 417", []),
    ],
)
def test_an_amount_is_read_as_a_whole_or_not_at_all(text: str, amounts: list[str]) -> None:
    assert [value for label, _, value in found(text) if label == "amount"] == amounts


@pytest.mark.parametrize(
    "words", ["twenty first of december", "december twenty-first", "end of next month", "end of next week"]
)
def test_a_date_is_read_as_a_whole(words: str) -> None:
    assert found(f"send 50 on the {words}") == [("amount", "50", "50.00"), ("date", words, words)]


def test_half_of_two_currencies_is_no_amount() -> None:
    assert [value for _, _, value in found("half euro half dollar")] == ["EUR", "USD"]


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
