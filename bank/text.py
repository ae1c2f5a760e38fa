"""Names as people type them: without regard to case, accents, punctuation and little words."""

import re
import unicodedata
from collections.abc import Iterable

# Letters that Unicode doesn't take apart into a base and an accent.
_WHOLE = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe"})
_LITTLE = frozenset({"a", "account", "at", "card", "from", "in", "my", "our", "s", "the", "to"})


def folded(text: str) -> str:
    """Return the text in lower-case words of letters and digits: "Café Ünal's" is "cafe unal s"."""
    bare = unicodedata.normalize("NFKD", text.casefold()).translate(_WHOLE)
    return " ".join(re.findall(r"[^\W_]+", "".join(one for one in bare if not unicodedata.combining(one))))


def words(text: str) -> list[str]:
    """Return the words that tell something: "my landlord's" is ["landlord"]; all, if none would be left."""
    every = folded(text).split()
    return [one for one in every if one not in _LITTLE] or every


def stored(text: str, width: int) -> str:
    """Return the text as a column of this width can hold it: printable, no blanks at its ends."""
    return "".join(one if one.isprintable() else " " for one in text).strip()[:width]


def fits(text: str, names: Iterable[str]) -> bool:
    """Whether every telling word of the text begins some word of the names."""
    starts, of = words(text), [one for name in names for one in folded(name).split()]
    return bool(starts) and all(any(word.startswith(start) for word in of) for start in starts)
