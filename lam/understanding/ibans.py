"""IBANs among the words of a text, in one piece or in groups of four, without the words behind them."""

import re
from collections.abc import Iterator, Sequence

_WHOLE = re.compile(r"[a-z]{2}[0-9]{2}[a-z0-9]{11,30}")
_START = re.compile(r"[a-z]{2}[0-9]{2}")
_GROUP = re.compile(r"[a-z0-9]{4}")
_LAST = re.compile(r"[a-z0-9]{1,4}")


def find_ibans(words: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield the first word of each IBAN and the one after its last.

    Any four letters could be a group: the check digits tell where a right IBAN ends. In a wrong one, which
    the bank refuses, only groups with a digit count.
    """
    place = 0
    while place < len(words):
        end = _end([word.lower() for word in words[place : place + 9]])
        if end:
            yield place, place + end
        place += end or 1


def _end(words: Sequence[str]) -> int:
    """Return how many of the words at the start of these are an IBAN, or 0."""
    if _WHOLE.fullmatch(words[0]):
        return 1
    if not _START.fullmatch(words[0]):
        return 0
    full = next((at for at in range(1, len(words)) if not _GROUP.fullmatch(words[at])), len(words))
    ends = [full + 1] if full < len(words) and _LAST.fullmatch(words[full]) else []
    ends.extend(range(full, 0, -1))
    possible = [end for end in ends if _WHOLE.fullmatch("".join(words[:end]))]
    right = (end for end in possible if _remainder("".join(words[:end])) == 1)
    wrong = (end for end in possible if all(any(map(str.isdigit, word)) for word in words[:end]))
    return next(right, 0) or next(wrong, 0)


def _remainder(iban: str) -> int:
    """ISO 13616: an IBAN's digits, with letters as 10 to 35 and its start moved to its end, leave 1."""
    return int("".join(str(int(one, 36)) for one in iban[4:] + iban[:4])) % 97
