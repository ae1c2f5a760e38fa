"""Finding a one-time code in what was typed: it must reach no inbox, and a sum of money must reach it."""

import re
import unicodedata

from lam.feedback import redact

# What people say around a code. A message of nothing else than these and six digits is one.
_WORDS = """
    a again am and as but code codes customer done entered from get got hello here hey hi i is it its just
    login m me mean meant message mobile my new no not now number ok okay one otp passcode password phone pin
    please s says security sent sms so sorry sure text thank thanks that the then there this time to try
    typed use ve was well which yeah yes you your
"""
_AROUND = set(_WORDS.split())
# Who speaks of these means a sum by six digits.
_MONEY = re.compile(
    r"\b(?:(?:pay|transfer|loan|mortgage|borrow|lend|credit|deposit|saving|invest|withdraw|spend|earn)\w*"
    r"|(?:euro|dollar|pound|franc|cent|thousand|million|percent)s?|eur|usd|gbp|chf|k"
    r"|send|save|cash|price|cost|costs|worth|buy|salary|income|limit|amount|sum|balance|interest|budget|afford)\b",
    re.IGNORECASE,
)
# Not the code of a branch or a place.
_SAID = re.compile(r"(?<![^\W\d_])(?<!sort )(?<!zip )(?<!bank )code(?![^\W\d_])", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9](?:[ .,/-]{0,3}[0-9])*")


def code_in(text: str) -> str | None:
    """Return the six digits of a one-time code in a text that answers the question for one, or None.

    They may be written in groups and in any script. Sums of money, dates and parts of longer numbers are no
    codes, unless nothing else is said.
    """
    text = _plain(text)
    if _words(text) <= _AROUND and not _has_currency(text):
        return _only_code(text)
    numbers = [one for one in _NUMBER.finditer(text) if len(_digits(one[0])) == 6]
    for one in numbers:
        if _is_said_to_be_code(text[: one.start()]):
            return _digits(one[0])
    if _has_currency(text) or _MONEY.search(text) or "[code]" not in redact(text):
        return None
    return next((_digits(one[0]) for one in numbers if redact(one[0]) == "[code]"), None)


def _plain(text: str) -> str:
    """Return a text with ASCII digits, hyphens for dashes of all kinds, and single blanks."""
    text = unicodedata.normalize("NFKC", text)
    text = "".join(
        str(unicodedata.decimal(one)) if one.isdecimal()
        else "-" if unicodedata.category(one) == "Pd" or one == "\N{MINUS SIGN}"
        else one
        for one in text
    )  # fmt: skip
    return re.sub(r"\s?-\s?", "-", re.sub(r"\s+", " ", text))


def _only_code(text: str) -> str | None:
    groups = re.findall("[0-9]+", text)
    # A customer number may stand before it.
    rest = [one for one in groups if len(one) != 8]
    if len("".join(rest)) == 6:
        return "".join(rest)
    # Several codes: the last one corrects the others.
    return rest[-1] if rest and all(len(one) == 6 for one in rest) else None


def _is_said_to_be_code(before: str) -> bool:
    said = list(_SAID.finditer(before))
    between = before[said[-1].start() :] if said else ""
    return bool(said) and _words(between) <= _AROUND and not _has_currency(between) and not _digits(between)


def _words(text: str) -> set[str]:
    return set(re.findall(r"[^\W\d_]+", text.lower()))


def _has_currency(text: str) -> bool:
    return any(unicodedata.category(one) == "Sc" for one in text)


def _digits(text: str) -> str:
    return re.sub("[^0-9]", "", text)
