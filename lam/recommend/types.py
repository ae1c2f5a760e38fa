"""What crosses the border of `lam.recommend`."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Recommendation:
    """An item for a user.

    Attributes:
        item: its id.
        score: higher is better; comparable within one list only.
        because: the user's items that the score comes from, the weightiest first; empty when the item is
            suggested for its popularity.
    """

    item: str
    score: float
    because: tuple[str, ...] = ()
