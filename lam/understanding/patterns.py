"""spaCy token patterns for what rules find better than learning does, in English."""

from typing import Any

from lam.understanding.values.amounts import CURRENCIES
from lam.understanding.values.dates import MONTHS, WEEKDAYS
from lam.understanding.values.numbers import ABBREVIATIONS, NUMBER_WORDS, ORDINALS, SCALES, UNITS

Pattern = list[dict[str, Any]]

NUMBER = r"[-−]?(\d{1,3}([.,'’]\d{3})+|\d{1,7})([.,]\d{1,2})?"
_SYMBOL = r"[€£$¥]"
_CODES = "|".join(sorted((word for word in CURRENCIES if word.isalpha()), key=len, reverse=True))
_UNITS = [
    "day",
    "days",
    "week",
    "weeks",
    "weekend",
    "fortnight",
    "month",
    "months",
    "quarter",
    "year",
    "years",
]
_NAMED_DAYS = (
    "today", "tonight", "tomorrow", "tmrw", "tmr", "tomoz", "tommorow", "tomorow", "yesterday", "asap",
    "immediately", "right away", "straight away", "right now", "day after tomorrow", "the day after tomorrow",
    "day before yesterday", "the day before yesterday", "last night", "this morning", "this afternoon",
    "this evening", "end of the month", "end of this month", "month end", "first of next month",
    "the first of next month", "beginning of next month", "start of next month",
)  # fmt: skip


def _any(words: Any, **more: Any) -> dict[str, Any]:
    return {"LOWER": {"IN": sorted(words)}, **more}


def _like(pattern: str, **more: Any) -> dict[str, Any]:
    return {"LOWER": {"REGEX": rf"^(?:{pattern})$"}, **more}


def _word(text: str, **more: Any) -> dict[str, Any]:
    return {"LOWER": text, **more}


_MAYBE = {"OP": "?"}
_CURRENCY = _any([*CURRENCIES, "bucks"])
_KIND_OF = _any(
    ["us", "american", "australian", "canadian", "singapore", "swiss", "british", "japanese", "swedish",
     "norwegian", "danish", "polish", "czech", "hungarian", "turkish", "new", "zealand", "hong", "kong"],
    OP="*",
)  # fmt: skip
_SCALE = _any(SCALES)
_LINK = _any(["-", "and", "of"], OP="?")
_SHORT = _like(rf"{NUMBER}[km]?")
_IN_DIGITS: list[Pattern] = [[_SHORT], [_like(r"\d{1,3}"), _like(r"\d{3}([.,]\d{1,2})?", OP="+")]]
_A = _any(["a", "an"], OP="?")
_IN_WORDS: Pattern = [_A, _any(NUMBER_WORDS)]
_MORE: Pattern = [_LINK, _A, _any(NUMBER_WORDS | ABBREVIATIONS)]
_HUNDREDS: Pattern = [_word("and", **_MAYBE), _like(r"\d{3}")]  # "2 thousand 500"


def amounts() -> list[Pattern]:
    """Numbers that say themselves that they are money: by a currency, a scale or cents."""
    large = _any({*SCALES} - {"m", "bn", "trillion"})
    more = [_MORE * count for count in range(5)]
    spelled = [
        [_A, _any({*UNITS, *SCALES} - ABBREVIATIONS)],  # not "half" by itself
        *(_IN_WORDS + one for one in more[1:]),
        *([*_IN_WORDS, *one, *_HUNDREDS] for one in more[1:3]),
    ]
    digits = [head + one for head in _IN_DIGITS for one in more[:4]]
    mixed = [[_SHORT, *one, _SCALE, *_HUNDREDS] for one in more[:2]]
    return [
        *([_like(_SYMBOL), *head, {**_SCALE, **_MAYBE}] for head in _IN_DIGITS),
        [_like(_SYMBOL), _SHORT, _SCALE, *_HUNDREDS],
        [_like("[-−]"), _like(_SYMBOL), _SHORT],
        *([*number, _KIND_OF, _CURRENCY] for number in (*digits, *mixed, *spelled)),
        *([_like(_CODES), *head] for head in _IN_DIGITS),
        [_like(rf"{NUMBER}(?:{_CODES})|(?:{_CODES}){NUMBER}|{NUMBER}k")],
        *([_SHORT, *one, large] for one in more[:3]),
        [_SHORT, large, *_HUNDREDS],
        [_like(r"\d{1,3}([.,]\d{3})*[.,]\d{2}")],
        *([*_IN_WORDS, *one, _LINK, _A, _word("grand")] for one in more[:3]),
        [_any(["a"]), _word("grand")],
    ]


def dates() -> list[Pattern]:
    """Days and periods."""
    day = _like(r"\d{1,2}(st|nd|rd|th)?")
    nth = _like(r"\d{1,2}(st|nd|rd|th)|" + "|".join(word for word in ORDINALS if "-" not in word))
    month = _any({*MONTHS, *(f"{name}." for name in MONTHS if len(name) <= 4)})
    year = _like(r"20\d\d")
    count, unit = _like(r"\d{1,3}|an?|" + "|".join(UNITS)), _any(_UNITS)
    of, comma = _word("of", **_MAYBE), _word(",", **_MAYBE)
    which = _any(["next", "last", "this", "past", "coming", "previous", "current"])
    # "twenty first" and "twenty-first"
    tens = [_any(["twenty", "thirty"], OP="?"), _word("-", **_MAYBE)]
    return [
        *([_word(word) for word in name.split()] for name in _NAMED_DAYS),
        [_any(["end", "middle", "beginning", "start"]), _word("of"), _any(["next", "the", "this"]), unit],
        [_word("last"), _word("day"), _word("of"), _any(["next", "the", "this"]), _word("month")],
        [{**which, **_MAYBE}, _any(WEEKDAYS)],
        [which, unit],
        [_any(["last", "past", "previous", "next"]), count, of, unit],
        [_word("in"), count, of, unit],
        [count, of, unit, _word("ago")],
        [count, of, unit, _word("from"), _any(["now", "today"])],
        [day, of, month, comma, {**year, **_MAYBE}],
        [*tens, nth, of, month, comma, {**year, **_MAYBE}],
        [month, {**_word("the"), **_MAYBE}, day, comma, {**year, **_MAYBE}],
        [month, {**_word("the"), **_MAYBE}, *tens, nth, comma, {**year, **_MAYBE}],
        [{**_word("last"), **_MAYBE}, month, {**year, **_MAYBE}],
        [_word("the"), _like(r"\d{1,2}(st|nd|rd|th)")],
        [_word("the"), *tens, nth, _word("of"), _any(["next", "the", "this"]), _word("month")],
        [_like(r"\d{4}"), _word("-"), _like(r"\d{1,2}"), _word("-"), _like(r"\d{1,2}")],
        [_like(r"\d{1,2}[./-]\d{1,2}[./-](\d{4}|\d{2})|(?!24/7$)\d{1,2}/\d{1,2}|\d{1,2}\.\d{1,2}\.")],
        [_like(r"\d{1,2}\.\d{1,2}"), _word(".")],
    ]


def card_endings() -> list[Pattern]:
    """The last four digits of a card."""
    digits = _like(r"[*x….-]*\d{4}")
    return [
        [_any(["ending", "ends", "end", "finishing"]), _any(["in", "with", "on"], OP="?"), digits],
        [
            _word("last"), _any(["4", "four"]), _any(["digits", "numbers"], OP="?"),
            _any(["are", "is", ":", "being", "were"], OP="?"), digits,
        ],
        [_word("card"), _any(["number", "no", "no.", "nr"], OP="?"), digits],
        [_like(r"[*x…]{1,12}\d{4}")],
        [_like(r"[*x…]{2,12}"), _like(r"\d{4}")],
    ]  # fmt: skip


def currencies() -> list[Pattern]:
    """Currencies by themselves."""
    return [[_KIND_OF, _any(CURRENCIES)]]
