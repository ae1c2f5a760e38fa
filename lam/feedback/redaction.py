"""`redact`: takes numbers that belong to people, and one-time codes, out of a text."""


def redact(text: str) -> str:
    """Return the text with IBANs, card numbers, phone numbers, e-mail addresses and codes masked."""
    raise NotImplementedError
