"""A day that people name, seen from today."""

import re
from calendar import monthrange
from datetime import date, timedelta

from lam.understanding.values.numbers import ORDINALS, UNITS, parse_number

MONTHS: dict[str, int] = {
    "january": 1, "jan": 1, "february": 2, "feb": 2, "march": 3, "mar": 3, "april": 4, "apr": 4, "may": 5,
    "june": 6, "jun": 6, "july": 7, "jul": 7, "august": 8, "aug": 8, "september": 9, "sept": 9, "sep": 9,
    "october": 10, "oct": 10, "november": 11, "nov": 11, "december": 12, "dec": 12,
}  # fmt: skip
WEEKDAYS: dict[str, int] = {
    "monday": 0, "mon": 0, "tuesday": 1, "tues": 1, "tue": 1, "wednesday": 2, "wed": 2, "thursday": 3,
    "thurs": 3, "thur": 3, "thu": 3, "friday": 4, "fri": 4, "saturday": 5, "sat": 5, "sunday": 6, "sun": 6,
}  # fmt: skip
_NAMED = {
    "the day after tomorrow": 2, "day after tomorrow": 2, "overmorrow": 2,
    "the day before yesterday": -2, "day before yesterday": -2, "yesterday": -1, "last night": -1,
    "tomorrow": 1, "tmrw": 1, "tmr": 1, "tomoz": 1, "tommorow": 1, "tomorow": 1,
    "today": 0, "tonight": 0, "now": 0, "right away": 0, "straight away": 0, "immediately": 0, "asap": 0,
    "this morning": 0, "this afternoon": 0, "this evening": 0,
}  # fmt: skip
MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
WEEKDAY = "|".join(sorted(WEEKDAYS, key=len, reverse=True))
COUNT = r"\d{1,3}|an?|" + "|".join(sorted(UNITS, key=len, reverse=True))
_ORDINAL = "|".join(sorted(ORDINALS, key=len, reverse=True)).replace("-", r"[\s-]+")  # also "twenty first"
_DAY = rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?|(?P<ordinal>{_ORDINAL})"

_ISO = re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b")
_NUMERIC = re.compile(r"(?<![\d.,/-])(\d{1,2})[./-](\d{1,2})(?:[./-](\d{4}|\d{2})?)?(?![\d/])")
_DAY_MONTH = re.compile(
    rf"\b(?:{_DAY})\.?\s+(?:of\s+)?(?P<month>{MONTH})\b\.?(?:,?\s+(?P<year>\d{{4}}))?", re.IGNORECASE
)
_MONTH_DAY = re.compile(
    rf"\b(?P<month>{MONTH})\.?\s+(?:the\s+)?(?:{_DAY})\b(?:,?\s+(?P<year>\d{{4}}))?", re.IGNORECASE
)
_DISTANCE = re.compile(
    rf"\b(?:in\s+)?(?P<count>{COUNT})(?:\s+of)?\s+(?P<unit>day|week|fortnight|month|year)s?(?:'|’)?"
    r"(?:\s+(?P<side>ago|from\s+(?:now|today)|time))?\b",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(
    rf"\b(?:(?P<which>next|last|this|past|coming)\s+)?(?P<weekday>{WEEKDAY})\b", re.IGNORECASE
)
# Not "the middle of next month", which names no day.
_NEXT = re.compile(r"(?<!\bof )\bnext\s+(?P<unit>week|month|year)\b", re.IGNORECASE)
_END = re.compile(
    r"\b(?:(?:end|last\s+day)\s+of\s+(?:the\s+|this\s+|(?P<next>next\s+))month|month['’]?s?\s+end)\b",
    re.IGNORECASE,
)
_START = re.compile(
    r"\b(?:first|1st|start|beginning)\s+of\s+next\s+(?P<unit>week|month|year)\b", re.IGNORECASE
)
_THE_NTH = re.compile(
    rf"\b(?:the|on)\s+(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)|(?P<ordinal>{_ORDINAL}))\b", re.IGNORECASE
)


def parse_date(text: str, today: date, past: bool = False) -> date | None:
    """Return the day that `text` names, or None when it names none.

    A day without a year ("1st of May") is the first one from `today` on, a weekday the first one after it.
    Numeric dates are day first; `2026-12-01` is ISO.

    Args:
        text: what somebody said or typed.
        today: the day on which it was said.
        past: the talk is about what has been: a day without a year or a weekday is the latest one.
    """
    for read in (_iso, _distance, _relative):
        found = read(text, today)
        if found is not None:
            return found
    for read_open in (_spelled, _numeric, _weekday, _nth, _rest):
        found = read_open(text, today, past)
        if found is not None:
            return found
    return None


def add_months(day: date, months: int) -> date:
    """Return the same day some months later (or earlier), at most the month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _ordinal(words: str) -> int:
    return ORDINALS["-".join(re.split(r"[\s-]+", words.lower()))]


def _nearest(month: int, day: int, today: date, past: bool) -> date | None:
    """The next such day, or the latest; 29 February may be eight years away."""
    step = -1 if past else 1
    days = (_day(today.year + step * years, month, day) for years in range(9))
    return next((found for found in days if found is not None and (found - today).days * step >= 0), None)


def _iso(text: str, today: date) -> date | None:
    found = _ISO.search(text)
    return _day(*map(int, found.groups())) if found else None


def _relative(text: str, today: date) -> date | None:
    lowered = " ".join(text.lower().split())
    for name, days in _NAMED.items():
        if re.search(rf"\b{name}\b", lowered):
            return today + timedelta(days=days)
    return None


def _spelled(text: str, today: date, past: bool) -> date | None:
    found = _DAY_MONTH.search(text) or _MONTH_DAY.search(text)
    if not found:
        return None
    day = int(found["day"]) if found["day"] else _ordinal(found["ordinal"])
    month = MONTHS[found["month"].lower()]
    return _day(int(found["year"]), month, day) if found["year"] else _nearest(month, day, today, past)


def _numeric(text: str, today: date, past: bool) -> date | None:
    found = _NUMERIC.search(text)
    if not found:
        return None
    day, month, year = int(found[1]), int(found[2]), found[3]
    if year is None:
        return _nearest(month, day, today, past)
    return _day(int(year) + (2000 if len(year) == 2 else 0), month, day)


def _weekday(text: str, today: date, past: bool) -> date | None:
    found = _WEEKDAY.search(text)
    if not found:
        return None
    ahead = (WEEKDAYS[found["weekday"].lower()] - today.weekday() - 1) % 7 + 1
    which = (found["which"] or "").lower()
    if which in ("last", "past") or (past and not which):
        return today - timedelta(days=(7 - ahead) or 7)
    # "next Friday" said from Monday to Thursday is the Friday of the week after this one.
    if which == "next" and ahead <= 6 - today.weekday():
        ahead += 7
    return today + timedelta(days=ahead)


def _distance(text: str, today: date) -> date | None:
    found = _DISTANCE.search(text)
    if not found or not (found["side"] or found[0].lower().startswith("in ")):
        return None
    count = parse_number(found["count"]) or 0
    if (found["side"] or "").lower() == "ago":
        count = -count
    return shift(today, count, found["unit"].lower())


def shift(day: date, count: int, unit: str) -> date:
    """Return `day` moved by `count` days, weeks, fortnights, months or years."""
    days = {"day": 1, "week": 7, "fortnight": 14}
    if unit in days:
        return day + timedelta(days=count * days[unit])
    return add_months(day, count * (12 if unit == "year" else 1))


def _nth(text: str, today: date, past: bool) -> date | None:
    found = _THE_NTH.search(text)
    if not found:
        return None
    number = int(found["day"]) if found["day"] else _ordinal(found["ordinal"])
    if re.match(r"\s+of\s+next\s+month", text[found.end() :], re.IGNORECASE):
        month = add_months(today.replace(day=1), 1)
        return _day(month.year, month.month, number)
    step = -1 if past else 1
    months = (add_months(today.replace(day=1), step * away) for away in range(3))
    days = (_day(month.year, month.month, number) for month in months)
    return next((one for one in days if one is not None and (one - today).days * step >= 0), None)


def _rest(text: str, today: date, past: bool) -> date | None:
    end = _END.search(text)
    if end:
        return add_months(today.replace(day=1), 2 if end["next"] else 1) - timedelta(days=1)
    start = _START.search(text)
    if start:
        first = {
            "week": today - timedelta(days=today.weekday()), "month": today.replace(day=1),
            "year": today.replace(month=1, day=1),
        }  # fmt: skip
        return shift(first[start["unit"].lower()], 1, start["unit"].lower())
    found = _NEXT.search(text)
    return shift(today, 1, found["unit"].lower()) if found else None
