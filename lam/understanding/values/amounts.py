"""Amounts of money and currencies."""

import re
from decimal import Decimal

from lam.understanding.values.numbers import NUMBER_WORDS, parse_number

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

_DIGITS = re.compile(
    r"(?<![\w.,])(?P<sign>[-−]\s?)?(?:[€£$¥]\s?(?P<inner>[-−])?)?"
    r"(?P<number>\d{1,3}(?:[ '’]\d{3})+(?:[.,]\d{1,2})?|\d[\d.,]*\d|\d)"
    r"\s?(?P<scale>k|grand|thousand|hundred|m|million)?(?![\w])",
    re.IGNORECASE,
)
_ATTACHED = re.compile(r"(?<=\d)(?=(?:eur|euros?|gbp|usd|chf|quid|pounds?|dollars?|bucks)\b)", re.IGNORECASE)
_WORDS = re.compile(rf"\b(?P<sign>minus\s+)?(?P<words>{NUMBER_WORDS})\b", re.IGNORECASE)
_LARGEST = Decimal(10) ** 12
_SCALES = {"k": 1000, "grand": 1000, "thousand": 1000, "hundred": 100, "m": 10**6, "million": 10**6}


def parse_amount(text: str) -> Decimal | None:
    """Return the first amount in `text` with two decimals, or None.

    "€20", "50 euros", "1.5k", "twenty quid", "1,250.50", "1.250,50" and "minus 5" are understood. An
    amount has no third decimal, so a group of three digits after one separator is thousands.
    """
    text = _ATTACHED.sub(" ", text.replace("\u00a0", " "))
    found = _DIGITS.search(text)
    if found:
        value = _decimal(found["number"])
        sign = found["sign"] or found["inner"]
        if value is not None and found["scale"]:
            value *= _SCALES[found["scale"].lower()]
    else:
        found = _WORDS.search(text)
        number = parse_number(found["words"]) if found else None
        value = None if number is None else Decimal(number)
        sign = found["sign"] if found else None
    if value is None or value >= _LARGEST:
        return None
    return (-value if sign else value).quantize(Decimal("0.01"))


def _decimal(number: str) -> Decimal | None:
    number = re.sub(r"[ '’]", "", number)
    marks = [mark for mark in number if mark in ".,"]
    if not marks:
        return Decimal(number)
    whole, last = number.rsplit(marks[-1], 1)
    if len(set(marks)) == 1 and (len(marks) > 1 or len(last) == 3):
        groups = number.split(marks[0])
        grouped = len(groups[0]) <= 3 and all(len(group) == 3 for group in groups[1:])
        return Decimal("".join(groups)) if grouped else None
    if not last.isdigit() or any(mark == marks[-1] for mark in marks[:-1]):
        return None
    return Decimal(f"{re.sub('[.,]', '', whole)}.{last}")


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
