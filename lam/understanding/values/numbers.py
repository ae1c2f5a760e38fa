"""Numbers written as words."""

import re

_SMALL = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
UNITS: dict[str, int] = {word: value for value, word in enumerate(_SMALL)}
UNITS |= {word: 10 * (place + 2) for place, word in enumerate(_TENS)}
UNITS |= {"fourty": 40, "couple": 2, "dozen": 12}
SCALES: dict[str, int] = {"hundred": 100, "thousand": 1000, "grand": 1000, "k": 1000, "million": 1_000_000}
_ORDINALS = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
    "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth",
    "nineteenth", "twentieth",
)  # fmt: skip
ORDINALS: dict[str, int] = {word: value for value, word in enumerate(_ORDINALS, start=1)}
ORDINALS |= {f"twenty-{word}": 20 + value for word, value in list(ORDINALS.items())[:9]}
ORDINALS |= {"thirtieth": 30, "thirty-first": 31}

_WORD = "|".join(sorted({*UNITS, *SCALES} - {"k"}, key=len, reverse=True))
# "a" and "an" are numbers only before another number word: "a hundred", not "a transfer".
NUMBER_WORDS = rf"(?:an?\s+)?(?:{_WORD})(?:(?:\s+and\s+|\s+of\s+|[\s-]+)(?:{_WORD}))*"


def parse_number(words: str) -> int | None:
    """Return the number that `words` name ("two hundred and fifty": 250), or None."""
    total, group, last = 0, 0, ""
    for last in re.split(r"[\s-]+", words.strip().lower()):
        if last in ("a", "an", "and", "of"):
            continue
        if last in UNITS:
            group += UNITS[last]
        elif last == "hundred":
            group = max(group, 1) * 100
        elif last in SCALES:
            total, group = total + max(group, 1) * SCALES[last], 0
        elif last.isascii() and last.isdigit():
            group += int(last)
        else:
            return None
    return 1 if last in ("a", "an") else total + group
