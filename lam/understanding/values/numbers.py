"""Numbers written as words, in digits, or as both: "two hundred and fifty", "1,250.50", "1.5 million"."""

import re
from collections.abc import Sequence
from decimal import Decimal

_SMALL = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
UNITS: dict[str, int] = {word: value for value, word in enumerate(_SMALL)}
UNITS |= {word: 10 * (place + 2) for place, word in enumerate(_TENS)}
UNITS |= {"fourty": 40, "couple": 2, "dozen": 12}
SCALES: dict[str, int] = {
    "hundred": 100, "thousand": 1000, "grand": 1000, "k": 1000, "million": 10**6, "m": 10**6,
    "billion": 10**9, "bn": 10**9, "trillion": 10**12,
}  # fmt: skip
ABBREVIATIONS = {"k", "m", "bn"}  # numbers behind another number only
_PARTS: dict[str, Decimal] = {"half": Decimal("0.5"), "quarter": Decimal("0.25")}
# "quarters" alone is no number, but "three quarters" must not be read as three.
NUMBER_WORDS = {*UNITS, *SCALES, *_PARTS, "quarters"} - ABBREVIATIONS
_ORDINALS = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
    "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth",
    "nineteenth", "twentieth",
)  # fmt: skip
ORDINALS: dict[str, int] = {word: value for value, word in enumerate(_ORDINALS, start=1)}
ORDINALS |= {f"twenty-{word}": 20 + value for word, value in list(ORDINALS.items())[:9]}
ORDINALS |= {"thirtieth": 30, "thirty-first": 31}

_FILLERS = {"a", "an", "and", "of"}
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
_BLANKS = re.compile(r"[1-9]\d{0,2}(?:[ '’]\d{3})+(?:[.,]\d{1,2})?")
#: What some keyboards and programs put between thousands instead of a blank.
WIDE_BLANK = re.compile("[\u00a0\u2009\u202f]")
_ANY = Decimal("Infinity")


def parse_number(words: str) -> int | None:
    """Return the whole number that `words` name ("two hundred and fifty": 250), or None."""
    number = parse_quantity(re.split(r"[\s-]+", words.strip()))
    return int(number) if number is not None and number == int(number) else None


def parse_quantity(words: Sequence[str]) -> Decimal | None:
    """Return the number that all words together name, or None where they leave it open.

    "two fifty" may be 250 or 2.50, and "half" may be half of anything: both are None.

    Args:
        words: number words and numbers in digits, in order: "one", "and", "a", "half", "million"; "1.5", "k".
    """
    if len(words) == 1 and words[0].lower() in ("a", "an"):
        return Decimal(1)
    number, linked = _Sum(), False
    for word in map(str.lower, words):
        if word not in _FILLERS and not number.take(word, linked):
            return None
        linked = word == "and" or (linked and word in _FILLERS)
    return number.value()


def parse_digits(number: str) -> Decimal | None:
    """Return a number in digits, or None where its separators leave it open.

    Three digits behind one separator are thousands, except behind a zero: "1.250", but "0.250".
    """
    if re.match(r"0\d", number):
        return None
    if _BLANKS.fullmatch(number):
        number = re.sub(r"[ '’]", "", number)
    elif not _DIGITS.fullmatch(number):
        return None
    *groups, last = re.split(r"[.,]", number)
    marks = re.findall(r"[.,]", number)
    if not marks:
        return Decimal(number)
    if groups[0] != "0" and len(set(marks)) == 1 and (len(marks) > 1 or len(last) == 3):
        grouped = len(groups[0]) <= 3 and {len(one) for one in [*groups[1:], last]} == {3}
        return Decimal("".join([*groups, last])) if grouped else None
    return None if marks[-1] in marks[:-1] else Decimal(f"{''.join(groups)}.{last}")


class _Sum:
    """A number that grows word by word: what has its scale, and a group that still waits for one."""

    def __init__(self) -> None:
        self._total = Decimal(0)
        self._group: Decimal | None = None
        self._room = _ANY  # what is added must be less: after "fifty" less than 10, after "two" nothing fits
        self._scale = _ANY  # the next scale must be less
        self._open = False  # half, but of what?

    def value(self) -> Decimal | None:
        """Return the number, or None while something is missing."""
        if self._open or (self._group is None and not self._total):
            return None
        return self._total + (self._group or 0)

    def take(self, word: str, linked: bool) -> bool:
        """Add a word, with or without an "and" before it; False when it doesn't fit."""
        if word in _PARTS:
            return self._part(_PARTS[word], linked)
        if word in ("hundred", "dozen"):
            return self._multiply(100 if word == "hundred" else 12)
        if word in SCALES:
            return self._close(SCALES[word])
        if word in UNITS:
            return self._add(Decimal(UNITS[word]), 10 if UNITS[word] in range(20, 100, 10) else 0)
        number = parse_digits(word)
        # "2 thousand 500", but nobody knows what is meant by "2 thousand 5".
        clear = number is not None and (linked or self._room == _ANY or number * 10 >= self._room)
        return number is not None and clear and self._add(number, 0)

    def _add(self, number: Decimal, room: int) -> bool:
        fits = number < self._room
        self._group, self._room = (self._group or 0) + number, Decimal(room)
        return fits

    def _part(self, part: Decimal, linked: bool) -> bool:
        if self._group is None:
            self._open = True
        elif not linked or self._room > 10:  # "a hundred and a half" may be 150
            return False
        fits = not self._total
        self._group, self._room = (self._group or 0) + part, Decimal(0)
        return fits

    def _multiply(self, by: int) -> bool:
        group = Decimal(1) if self._group is None else self._group
        fits = 0 < group < 100 and group * by < self._scale and (self._group is not None or not self._total)
        self._group, self._room, self._open = group * by, Decimal(by if by == 100 else 0), False
        return fits

    def _close(self, scale: int) -> bool:
        group = Decimal(1) if self._group is None else self._group
        fits = group > 0 and group * scale < self._scale and (self._group is not None or not self._total)
        self._total, self._group, self._open = self._total + group * scale, None, False
        self._room = self._scale = Decimal(scale)
        return fits
