"""A stretch of days that people name when they look back ("last month"), seen from today."""

import re
from calendar import monthrange
from datetime import date, timedelta

from lam.understanding.values.dates import COUNT, MONTH, MONTHS, add_months, parse_date, shift
from lam.understanding.values.numbers import parse_number

Period = tuple[date, date]

_BETWEEN = re.compile(
    r"\b(?:between|from)\s+(?P<since>.+?)\s+(?:and|to|until|till)\s+(?P<until>.+)", re.IGNORECASE
)
_SINCE = re.compile(r"\bsince\s+(?P<since>.+)", re.IGNORECASE)
_LAST_FEW = re.compile(
    rf"\b(?:last|past|previous)\s+(?P<count>{COUNT})(?:\s+of)?\s+(?P<unit>day|week|fortnight|month|year)s?\b",
    re.IGNORECASE,
)
_UNIT = re.compile(
    r"\b(?:(?P<which>last|past|previous|this|current)\s+(?P<unit>day|week|weekend|fortnight|month|quarter|year)"
    r"|the\s+weekend)\b",
    re.IGNORECASE,
)
_MONTH = re.compile(
    rf"\b(?:(?P<last>last)\s+)?(?P<month>{MONTH})\b\.?(?:\s+(?P<year>\d{{4}}))?(?!\s+\d)", re.IGNORECASE
)
_MAY = re.compile(r"\b(?:in|last|of|for|during|since)\s+may\b")
_YEAR = re.compile(r"\b(?:in|of|during|for)?\s*(?P<year>20\d\d)\b", re.IGNORECASE)


def parse_period(text: str, today: date) -> Period | None:
    """Return the first and last day, both included, of the period that `text` names, or None.

    A period reaches no further than `today`; a day or month without a year is the latest one that has begun.
    """
    for read in (_between, _since, _last_few, _unit, _day, _month, _year):
        found = read(text, today)
        if found is not None and found[0] <= min(found[1], today):
            return found[0], min(found[1], today)
    return None


def _between(text: str, today: date) -> Period | None:
    found = _BETWEEN.search(text)
    if not found:
        return None
    since, until = (_edge(found[side], today) for side in ("since", "until"))
    return (since[0], until[1]) if since and until else None


def _since(text: str, today: date) -> Period | None:
    found = _SINCE.search(text)
    since = _edge(found["since"], today) if found else None
    return (since[0], today) if since else None


def _edge(text: str, today: date) -> Period | None:
    return _unit(text, today) or _day(text, today) or _month(text, today) or _year(text, today)


def _last_few(text: str, today: date) -> Period | None:
    found = _LAST_FEW.search(text)
    count = parse_number(found["count"]) if found else None
    if not found or not count:
        return None
    return shift(today, -count, found["unit"].lower()) + timedelta(days=1), today


def _unit(text: str, today: date) -> Period | None:
    found = _UNIT.search(text)
    if not found:
        return None
    unit, back = (
        (found["unit"] or "weekend").lower(),
        (found["which"] or "this").lower() not in ("this", "current"),
    )
    monday = today - timedelta(days=today.weekday())
    if unit == "day":
        return (today - timedelta(days=1),) * 2 if back else (today, today)
    if unit == "week":
        since = monday - timedelta(days=7 * back)
        return since, since + timedelta(days=6)
    if unit == "weekend":
        saturday = monday + timedelta(days=5 - 7 * (back or today.weekday() < 5))
        return saturday, saturday + timedelta(days=1)
    if unit == "fortnight":
        return today - timedelta(days=13), today
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    since = add_months(date(today.year, (today.month - 1) // months * months + 1, 1), -months * back)
    return since, add_months(since, months) - timedelta(days=1)


def _day(text: str, today: date) -> Period | None:
    day = parse_date(text, today, past=True)
    return (day, day) if day else None


def _month(text: str, today: date) -> Period | None:
    found = _MONTH.search(text)
    # "may" in lower case is mostly the verb: it counts as the month after a preposition only.
    if not found or (
        found["month"] == "may" and not re.search(r"\b(?:in|last|of|for|during|since)\s+may\b", text)
    ):
        return None
    month = MONTHS[found["month"].lower()]
    year = int(found["year"]) if found["year"] else today.year - (month > today.month)
    if found["last"] and month == today.month:
        year -= 1
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def _year(text: str, today: date) -> Period | None:
    found = _YEAR.search(text)
    return (date(int(found["year"]), 1, 1), date(int(found["year"]), 12, 31)) if found else None
