"""`redact`: takes numbers that belong to people, and one-time codes, out of a text."""

import re

# It begins only where no such character stands before: looking from each of them would take quadratic time.
_EMAIL = re.compile(r"(?<![\w.+%-])[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")

_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}[0-9]{2}(?:[ -]?[A-Za-z0-9]){8,30}(?![A-Za-z0-9])")
# With a typing error the check digits don't fit, but it still shows an account.
_IBAN_LIKE = re.compile(
    r"(?<![A-Za-z0-9])[A-Za-z]{2}[0-9]{2}(?:[ -]?[0-9]{4}){2,7}(?:[ -]?[0-9]{1,3})?(?![0-9])"
)

_DIGITS = re.compile(r"(?<!\d)\d(?:[ -]?\d){12,}(?!\d)")

_DATE = r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}(?!\d)"
_PHONE = re.compile(
    rf"(?<![\w.,])(?!{_DATE})"
    r"(?:(?:\+|\(?0)\d?(?:[ ()/.-]{0,3}\d){7,14}|\(?[2-9]\d\d\)?[ .-]{1,2}\d{3}[ .-]\d{4})(?![\w])"
)

# Six digits, together or in groups, that are no sum of money.
_CODE = re.compile(
    r"(?<![\d.,€$£-])(?<![€$£] )(?:\d{3}[ -]?\d{3}|\d\d[ ]\d\d[ ]\d\d|\d(?: \d){5})"
    r"(?![.,-]?\d)(?!\s?(?:[€$£]|EUR|USD|GBP|CHF|euro|dollar|pound))",
    re.IGNORECASE,
)


def redact(text: str) -> str:
    """Mask IBANs, card numbers, phone numbers, e-mail addresses and one-time codes.

    What only may be one is masked too; amounts and dates stay.

    Returns:
        the text with `[email]`, `[iban]`, `[card]`, `[phone]`, `[code]` in their place.
    """
    text = _EMAIL.sub("[email]", text)
    text = _IBAN.sub(_mask_iban, text)
    text = _IBAN_LIKE.sub("[iban]", text)
    text = _DIGITS.sub(lambda found: "[card]" if _holds_card(found[0]) else found[0], text)
    text = _PHONE.sub("[phone]", text)
    return _CODE.sub("[code]", text)


def _mask_iban(found: re.Match[str]) -> str:
    # The words after it look like more of it: take the longest part that its check digits confirm.
    whole = found[0]
    ends = [len(whole), *(place for place in range(len(whole) - 1, 14, -1) if whole[place] in " -")]
    for end in ends:
        if _is_iban(re.sub("[ -]", "", whole[:end])):
            return "[iban]" + whole[end:]
    return whole


def _is_iban(text: str) -> bool:
    turned = text[4:] + text[:4]
    return 15 <= len(text) <= 34 and int("".join(str(int(one, 36)) for one in turned)) % 97 == 1


def _holds_card(run: str) -> bool:
    # Other digits may stand before or after a card's 13 to 19 (its date, its check number).
    digits = [int(one) for one in run if one.isdecimal()]
    return any(
        _luhn(digits[start : start + size])
        for size in range(13, 20)
        for start in range(len(digits) - size + 1)
    )


def _luhn(digits: list[int]) -> bool:
    doubled = [sum(divmod(2 * one, 10)) for one in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0
