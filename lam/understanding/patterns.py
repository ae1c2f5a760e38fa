"""spaCy token patterns for what rules find better than learning does, in English."""

from typing import Any

from lam.understanding.values.amounts import CURRENCIES
from lam.understanding.values.dates import MONTHS, WEEKDAYS
from lam.understanding.values.numbers import ORDINALS, SCALES, UNITS

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


_NUMBER, _MAYBE = _like(NUMBER), {"OP": "?"}
_CURRENCY = _any([*CURRENCIES, "bucks"])
_KIND_OF = _any(
    ["us", "american", "australian", "canadian", "singapore", "swiss", "british", "japanese", "swedish",
     "norwegian", "danish", "polish", "czech", "hungarian", "turkish", "new", "zealand", "hong", "kong"],
    OP="*",
)  # fmt: skip
_SCALE = _any(SCALES)
_COUNTED = _any(UNITS)
_LINK = _any(["-", "and", "of"], OP="?")
_SPELLED: Pattern = [_any(["a", "an"], OP="?"), _any({*UNITS, *SCALES} - {"k"})]
_MORE: Pattern = [_LINK, _any({*UNITS, *SCALES} - {"k"})]


def amounts() -> list[Pattern]:
    """Numbers that say themselves that they are money: by a currency, a scale or cents."""
    spelled = [_SPELLED + _MORE * more for more in range(5)]
    return [
        [_like(_SYMBOL), _like(rf"{NUMBER}[km]?"), {**_SCALE, **_MAYBE}],
        [_like("[-−]"), _like(_SYMBOL), _like(rf"{NUMBER}[km]?")],
        [_like(rf"{NUMBER}[km]?"), {**_SCALE, **_MAYBE}, _KIND_OF, _CURRENCY],
        [_like(_CODES), _like(rf"{NUMBER}[km]?")],
        [_like(rf"{NUMBER}(?:{_CODES})|(?:{_CODES}){NUMBER}|{NUMBER}k")],
        [_NUMBER, _any(["grand", "k", "thousand", "hundred"])],
        [_like(r"\d{1,3}([.,]\d{3})*[.,]\d{2}")],
        *([*words, _KIND_OF, _CURRENCY] for words in spelled),
        *([*words, _word("grand")] for words in ([_COUNTED], [_any(["a"])])),
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
    return [
        *([_word(word) for word in name.split()] for name in _NAMED_DAYS),
        [{**which, **_MAYBE}, _any(WEEKDAYS)],
        [which, unit],
        [_any(["last", "past", "previous", "next"]), count, of, unit],
        [_word("in"), count, of, unit],
        [count, of, unit, _word("ago")],
        [count, of, unit, _word("from"), _any(["now", "today"])],
        [day, of, month, comma, {**year, **_MAYBE}],
        [nth, of, month, comma, {**year, **_MAYBE}],
        [month, {**_word("the"), **_MAYBE}, day, comma, {**year, **_MAYBE}],
        [{**_word("last"), **_MAYBE}, month, {**year, **_MAYBE}],
        [_word("the"), _like(r"\d{1,2}(st|nd|rd|th)")],
        [_word("the"), nth, _word("of"), _any(["next", "the", "this"]), _word("month")],
        [_like(r"\d{4}"), _word("-"), _like(r"\d{1,2}"), _word("-"), _like(r"\d{1,2}")],
        [_like(r"\d{1,2}[./-]\d{1,2}[./-](\d{4}|\d{2})|(?!24/7$)\d{1,2}/\d{1,2}|\d{1,2}\.\d{1,2}\.")],
        [_like(r"\d{1,2}\.\d{1,2}"), _word(".")],
    ]


def ibans() -> list[Pattern]:
    """In one piece, or in groups of four."""
    group = _like(r"[a-z0-9]{4}")
    return [
        [_like(r"[a-z]{2}\d{2}[a-z0-9]{11,30}")],
        *(
            [_like(r"[a-z]{2}\d{2}"), *[group] * groups, {**_like(r"\d{1,4}"), **_MAYBE}]
            for groups in range(3, 8)
        ),
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
