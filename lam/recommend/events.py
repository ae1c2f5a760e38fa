"""What a user did with an item, once, and what all of it says about the taste."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from lam.recommend.types import Taste
from lam.storage import expect_name

_DAY = 86_400.0
#: How much each kind says about a liking, below 0 about a rejection; a click is one plain sign of liking.
WEIGHTS = {"purchase": 4.0, "accept": 3.0, "thumb": 2.0, "click": 1.0, "impression": 0.0, "reject": -3.0}
_LONGEST = (("user", 64), ("item", 200), ("key", 200), ("conversation", 200))


@dataclass(frozen=True)
class Interaction:
    """What a user did with an item, once.

    Attributes:
        kind: impression, click, accept, reject, purchase or thumb.
        key: names the event; the same again is the same event.
        up: whether a thumb points up; None for the other kinds.
        place: of an impression in its list, from 0.
        propensity: with what probability the policy showed the item there, in (0, 1]; of impressions only.

    Raises:
        ValueError: the kind is unknown, a name can't be stored, the time has no zone, or another kind's
            fact is given.
    """

    user: str
    item: str
    kind: str
    at: datetime
    key: str
    conversation: str | None = None
    up: bool | None = None
    place: int | None = None
    propensity: float | None = None

    def __post_init__(self) -> None:
        if self.kind not in WEIGHTS:
            raise ValueError(f"Expected a kind among {', '.join(WEIGHTS)}, found {self.kind!r}.")
        for what, longest in _LONGEST:
            if (name := getattr(self, what)) is not None:
                expect_name(what.capitalize(), name, longest)
        if self.at.tzinfo is None:
            raise ValueError(f"Expected a time with a zone, found {self.at}. Use UTC.")
        if (self.kind == "thumb") != (self.up is not None):
            raise ValueError(f"Expected `up` of a thumb and of nothing else, found {self.up} ({self.kind}).")
        if self.kind != "impression" and (self.place, self.propensity) != (None, None):
            raise ValueError(f"Expected a place and propensity of impressions alone, found {self.kind}.")
        if (self.place or 0) < 0 or not (self.propensity is None or 0 < self.propensity <= 1):
            raise ValueError(
                f"Expected a place from 0 and a propensity in (0, 1], found {self.place}, {self.propensity}."
            )

    @property
    def weight(self) -> float:
        """Above 0 a liking, below 0 a rejection, 0 neither."""
        return weight_of(self.kind, self.up)


def weight_of(kind: str, up: bool | None = None) -> float:
    """Return what a kind of event weighs: above 0 a liking, below 0 a rejection, 0 neither."""
    return -WEIGHTS[kind] if up is False else WEIGHTS[kind]


def taste_of(events: Iterable[Interaction], now: datetime, words: str = "") -> Taste:
    """Return what one user's events say, in whatever order they come.

    The later word counts: a rejection takes earlier likings of the item back, a liking an earlier rejection.

    Args:
        now: what ages are counted from; an event after it is new.
        words: what the user said about wishes.
    """
    liked, rejected, ages = dict[str, float](), dict[str, float](), dict[str, float]()
    for one in sorted(events, key=lambda event: event.at):
        ours, others = (liked, rejected) if one.weight > 0 else (rejected, liked)
        if one.weight:
            others.pop(one.item, None)
            ours[one.item] = ours.get(one.item, 0.0) + abs(one.weight)
            ages[one.item] = max((now - one.at).total_seconds(), 0.0) / _DAY
    return Taste(liked, rejected, words, {item: age for item, age in ages.items() if item in liked})
