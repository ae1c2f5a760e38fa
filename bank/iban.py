"""International bank account numbers and their check digits (ISO 13616, modulo 97)."""

import re


def make(country: str, inner: str) -> str:
    """Put country and check digits before a national number, e.g. ("DE", "500105175407324931")."""
    return f"{country}{98 - _remainder(f'{country}00{inner}'):02d}{inner}"


def clean(text: str) -> str:
    """Return the IBAN as it is stored: upper case, no blanks or hyphens."""
    return re.sub(r"[\s-]", "", text).upper()


def valid(text: str) -> bool:
    """Whether a cleaned text has the form and the check digits of an IBAN."""
    return bool(re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", text)) and _remainder(text) == 1


def _remainder(text: str) -> int:
    return int("".join(str(int(one, 36)) for one in text[4:] + text[:4])) % 97
