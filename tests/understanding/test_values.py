"""Amounts, dates and periods as people say them."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lam.understanding.values import parse_amount, parse_currency, parse_date, parse_period

TODAY = date(2026, 11, 25)  # a Wednesday


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("€20", "20"),
        ("20 €", "20"),
        ("50 euros", "50"),
        ("50euros", "50"),
        ("1.5k", "1500"),
        ("2 grand", "2000"),
        ("twenty quid", "20"),
        ("1,250.50", "1250.50"),
        ("1.250,50", "1250.50"),
        ("1 250,50 €", "1250.50"),
        ("1.250", "1250"),
        ("1,250", "1250"),
        ("7,5", "7.50"),
        ("two hundred and fifty euros", "250"),
        ("a hundred bucks", "100"),
        ("a couple of hundred", "200"),
        ("make it 50 please", "50"),
        ("-5", "-5"),
        ("€-5", "-5"),
        ("minus five", "-5"),
        ("1,000,000", "1000000"),
        ("fifty-five pounds", "55"),
        ("EUR 12.30", "12.30"),
        ("0", "0"),
        ("three thousand two hundred", "3200"),
        ("1.2 million", "1200000"),
        ("€5m", "5000000"),
        ("1 000 euros", "1000"),
        ("1\u00a0000,50 €", "1000.50"),
        ("0.500 euros", "0.50"),
        ("one and a half thousand", "1500"),
        ("2 and a half grand", "2500"),
        ("half a grand", "500"),
        ("a quarter of a million", "250000"),
        ("5 hundred thousand", "500000"),
        ("2 thousand 500", "2500"),
        ("two thousand and twenty six", "2026"),
        ("2 grand 3 days ago", "2000"),
        ("two dozen", "24"),
    ],
)
def test_amounts_are_read(text: str, amount: str) -> None:
    assert parse_amount(text) == Decimal(amount)


@pytest.mark.parametrize(
    "text",
    [
        "", "a transfer", "IBAN DE89370400440532013000", "1.2.3", "9" * 13, "savings",
        "two fifty", "twenty twelve", "20 30", "10-20", "2 thousand 5", "a grand and a half", "one half",
        "half of it", "three quarters of a million", "a thousand million",
        "0.505", "12.3456", "1234 567", "1 250.505", "007",
    ],
)  # fmt: skip
def test_what_is_no_amount_is_none(text: str) -> None:
    assert parse_amount(text) is None


@given(st.decimals(min_value=0, max_value=999_999, places=2))
def test_an_amount_reads_back_as_written(amount: Decimal) -> None:
    assert parse_amount(f"{amount:,.2f} euros") == amount


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("€20", "EUR"),
        ("twenty quid", "GBP"),
        ("US dollars", "USD"),
        ("canadian dollars", "CAD"),
        ("CHF", "CHF"),
        ("i try", None),
        ("TRY", "TRY"),
        ("hello", None),
    ],
)
def test_currencies(text: str, code: str | None) -> None:
    assert parse_currency(text) == code


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("today", "2026-11-25"),
        ("right now please", "2026-11-25"),
        ("tomorrow", "2026-11-26"),
        ("the day after tomorrow", "2026-11-27"),
        ("yesterday", "2026-11-24"),
        ("friday", "2026-11-27"),
        ("this friday", "2026-11-27"),
        ("next friday", "2026-12-04"),
        ("next monday", "2026-11-30"),
        ("on Wednesday", "2026-12-02"),
        ("last wednesday", "2026-11-18"),
        ("last friday", "2026-11-20"),
        ("1st of May", "2027-05-01"),
        ("May 1", "2027-05-01"),
        ("1 may 2028", "2028-05-01"),
        ("the first of december", "2026-12-01"),
        ("2026-12-01", "2026-12-01"),
        ("01/12/2026", "2026-12-01"),
        ("1.12.", "2026-12-01"),
        ("24/12", "2026-12-24"),
        ("in two weeks", "2026-12-09"),
        ("in 3 days", "2026-11-28"),
        ("3 days ago", "2026-11-22"),
        ("two weeks ago", "2026-11-11"),
        ("in a fortnight", "2026-12-09"),
        ("in a month", "2026-12-25"),
        ("a week from now", "2026-12-02"),
        ("next week", "2026-12-02"),
        ("next month", "2026-12-25"),
        ("end of the month", "2026-11-30"),
        ("the first of next month", "2026-12-01"),
        ("the 15th", "2026-12-15"),
        ("on the 30th", "2026-11-30"),
        ("the 10th of next month", "2026-12-10"),
        ("the twenty first of december", "2026-12-21"),
        ("december the twenty-first", "2026-12-21"),
        ("the thirty first", "2026-12-31"),
        ("end of next month", "2026-12-31"),
        ("at the start of next week", "2026-11-30"),
        ("beginning of next year", "2027-01-01"),
        ("the last day of the month", "2026-11-30"),
        ("29 February", "2028-02-29"),
    ],
)
def test_days_are_read(text: str, day: str) -> None:
    assert parse_date(text, TODAY) == date.fromisoformat(day)


@pytest.mark.parametrize(
    "text",
    [
        "", "savings", "2026-13-01", "31 February 2027", "50 euros", "i may pay", "99/99",
        "end of next week", "the middle of next month",
    ],
)  # fmt: skip
def test_what_names_no_day_is_none(text: str) -> None:
    assert parse_date(text, TODAY) is None


def test_in_the_past_a_day_is_the_latest_one() -> None:
    assert parse_date("1st of May", TODAY, past=True) == date(2026, 5, 1)
    assert parse_date("on friday", TODAY, past=True) == date(2026, 11, 20)
    assert parse_date("the 30th", TODAY, past=True) == date(2026, 10, 30)


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("last month", "2026-10-01", "2026-10-31"),
        ("this month", "2026-11-01", "2026-11-25"),
        ("last week", "2026-11-16", "2026-11-22"),
        ("this week", "2026-11-23", "2026-11-25"),
        ("yesterday", "2026-11-24", "2026-11-24"),
        ("last 30 days", "2026-10-27", "2026-11-25"),
        ("the past two weeks", "2026-11-12", "2026-11-25"),
        ("last three months", "2026-08-26", "2026-11-25"),
        ("in march", "2026-03-01", "2026-03-31"),
        ("in december", "2025-12-01", "2025-12-31"),
        ("March 2025", "2025-03-01", "2025-03-31"),
        ("last year", "2025-01-01", "2025-12-31"),
        ("this year", "2026-01-01", "2026-11-25"),
        ("in 2024", "2024-01-01", "2024-12-31"),
        ("since monday", "2026-11-23", "2026-11-25"),
        ("since 1 march", "2026-03-01", "2026-11-25"),
        ("last weekend", "2026-11-21", "2026-11-22"),
        ("on the weekend", "2026-11-21", "2026-11-22"),
        ("last friday", "2026-11-20", "2026-11-20"),
        ("last quarter", "2026-07-01", "2026-09-30"),
        ("between 1 march and 3 april", "2026-03-01", "2026-04-03"),
        ("from september to october", "2026-09-01", "2026-10-31"),
        ("since september", "2026-09-01", "2026-11-25"),
        ("today", "2026-11-25", "2026-11-25"),
    ],
)
def test_periods_are_read(text: str, since: str, until: str) -> None:
    assert parse_period(text, TODAY) == (date.fromisoformat(since), date.fromisoformat(until))


@pytest.mark.parametrize("text", ["", "tomorrow", "i may have spent a lot", "Lidl"])
def test_what_names_no_past_period_is_none(text: str) -> None:
    assert parse_period(text, TODAY) is None


@given(st.text(max_size=60), st.dates(min_value=date(1990, 1, 1), max_value=date(2090, 1, 1)))
def test_any_text_is_read_without_error(text: str, today: date) -> None:
    parse_amount(text), parse_currency(text), parse_date(text, today)
    period = parse_period(text, today)
    assert period is None or period[0] <= period[1] <= today
