"""Amounts of money and currencies."""

import re
from decimal import Decimal

from lam.understanding.values.numbers import ABBREVIATIONS, NUMBER_WORDS, WIDE_BLANK, parse_quantity

CURRENCIES: dict[str, str] = {
    "€": "EUR", "eur": "EUR", "euro": "EUR", "euros": "EUR",
    "£": "GBP", "gbp": "GBP", "pound": "GBP", "pounds": "GBP", "sterling": "GBP", "quid": "GBP",
    "$": "USD", "usd": "USD", "dollar": "USD", "dollars": "USD", "bucks": "USD",
    "chf": "CHF", "franc": "CHF", "francs": "CHF",
    "¥": "JPY", "jpy": "JPY", "yen": "JPY",
    "sek": "SEK", "krona": "SEK", "kronor": "SEK",
    "nok": "NOK", "krone": "NOK", "kroner": "NOK", "dkk": "DKK",
    "pln": "PLN", "zloty": "PLN", "zlotys": "PLN", "zł": "PLN",
    "czk": "CZK", "koruna": "CZK", "huf": "HUF", "forint": "HUF", "forints": "HUF",
    "try": "TRY", "lira": "TRY", "aud": "AUD", "cad": "CAD", "nzd": "NZD", "sgd": "SGD", "hkd": "HKD",
    "inr": "INR", "rupee": "INR", "rupees": "INR", "cny": "CNY", "yuan": "CNY", "thb": "THB", "baht": "THB",
    "ron": "RON", "bgn": "BGN", "zar": "ZAR", "rand": "ZAR", "mxn": "MXN", "pesos": "MXN", "brl": "BRL",
}  # fmt: skip
_DOLLARS = {
    "australian": "AUD",
    "canadian": "CAD",
    "singapore": "SGD",
    "hong kong": "HKD",
    "new zealand": "NZD",
}
# "try" is a word first and the Turkish lira second; "rand" and "ron" are names in lower case.
_SHOUTED = {"try", "ron", "rand"}

_WORD = "|".join(sorted(NUMBER_WORDS, key=len, reverse=True))
# A number in digits as a whole, so that no part of a misspelt one counts: "1 250,50", "1.250,50", "10'000".
_DIGITS = r"\d++(?:[.,'’]\d++|\ \d{3}(?!\d))*+"
# "2 thousand", not "2 days"; "a" and "an" belong to a number only before another number word.
_NEXT = rf"""
    (?:\s+and\s+|\s+of\s+|[\s-]+)(?:an?\s+)?
    (?:{_WORD}|{"|".join(sorted(ABBREVIATIONS))}|{_DIGITS})\b
    (?!\s+(?:day|week|fortnight|month|year|hour|minute|time)s?\b)
"""
_AMOUNT = re.compile(
    rf"""
    (?<![\w.,])(?P<sign>[-−]\s?|minus\s+)?(?:[€£$¥]\s?(?P<inner>[-−])?)?
    (?P<number>(?:{_DIGITS}|(?:an?\s+)?(?:{_WORD})\b)(?:{_NEXT})*)(?!\w)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_ATTACHED = re.compile(
    r"(?<=\d)(?=(?:k|m|bn|eur|euros?|gbp|usd|chf|quid|pounds?|dollars?|bucks)\b)", re.IGNORECASE
)
_CENT, _LARGEST = Decimal("0.01"), Decimal(10) ** 12


def parse_amount(text: str) -> Decimal | None:
    """Return the first amount in `text` with two decimals, or None.

    "€20", "50 euros", "1.5k", "twenty quid", "1,250.50", "1.250,50" and "minus 5" are understood. An
    amount has no third decimal, so a group of three digits after one separator is thousands. A number in
    digits comes before one in words. What could be several amounts ("two fifty") is none.
    """
    text = _ATTACHED.sub(" ", WIDE_BLANK.sub(" ", text))
    found = list(_AMOUNT.finditer(text))
    if not found:
        return None
    first = next((one for one in found if any(map(str.isdigit, one["number"]))), found[0])
    value = parse_quantity(re.findall(rf"{_DIGITS}|[^\W\d_]+", first["number"]))
    if value is None or value >= _LARGEST or value % _CENT:
        return None
    return (-value if first["sign"] or first["inner"] else value).quantize(_CENT)


def parse_currency(text: str) -> str | None:
    """Return the ISO 4217 code of the first currency that `text` names, or None."""
    for adjective, dollars in _DOLLARS.items():
        if re.search(rf"\b{adjective}\s+dollars?\b", text, re.IGNORECASE):
            return dollars
    for word in re.findall(r"[€£$¥]|[^\W\d_]+", text):
        code = CURRENCIES.get(word.lower())
        if code and not (word.lower() in _SHOUTED and not word.isupper()):
            return code
    return None
