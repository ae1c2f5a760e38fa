"""What crosses the border of `lam.recommend`."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Self

#: What a reason can be: an item of the user's, the user's own words, or that many people choose the item.
ReasonKind = Literal["item", "words", "popular"]


@dataclass(frozen=True)
class Item:
    """Something to recommend.

    Attributes:
        id: its name, unique in a catalogue.
        text: title and description; empty where there is none.
        attributes: what rules and ranking ask for, such as `minimum_age` or `available_from`.

    Raises:
        ValueError: it has no id.
    """

    id: str
    text: str = ""
    attributes: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.id:
            raise ValueError(f"Expected an item with an id, found none beside the text {self.text!r}.")


@dataclass(frozen=True)
class Taste:
    """What is known of a user at the moment of asking. Items that a model doesn't know change nothing.

    Attributes:
        liked: items with confidences above 0; 1 is one plain sign of liking, such as a click.
        rejected: items that the user doesn't want, with confidences above 0. Who rejects what was liked
            takes the liking back: an item that is in both counts as rejected.
        words: what the user said about wishes; empty when nothing.
        ages: days since an item was last liked; 0 where it isn't said.

    Raises:
        ValueError: a confidence isn't a finite number above 0, or an age isn't one of at least 0.
    """

    liked: Mapping[str, float] = field(default_factory=dict)
    rejected: Mapping[str, float] = field(default_factory=dict)
    words: str = ""
    ages: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, values in (("liked", self.liked), ("rejected", self.rejected)):
            for item, confidence in values.items():
                if not (math.isfinite(confidence) and confidence > 0):
                    raise ValueError(
                        f"Taste.{name}: expected confidences above 0, found {confidence} for {item!r}; "
                        "leave out what says nothing."
                    )
        for item, days in self.ages.items():
            if not (math.isfinite(days) and days >= 0):
                raise ValueError(f"Taste.ages: expected days of at least 0, found {days} for {item!r}.")

    def without(self, reason: "Reason") -> Self:
        """Return the taste as it would be if the user had never given a reason for it."""
        if reason.kind == "words":
            return replace(self, words="")
        return replace(self, liked={item: value for item, value in self.liked.items() if item != reason.item})


@dataclass(frozen=True)
class Reason:
    """Why an item is recommended, as the model's own arithmetic has it.

    Attributes:
        kind: `item`: the user likes another one; `words`: the user said so; `popular`: most people choose it.
        item: the other item's id; empty for the other kinds.
        weight: by how much the score falls when the reason is taken from the taste; for `popular` the share
            of the score that no taste can take away, which may be any number.

    Raises:
        ValueError: kind and item don't fit, or the weight is no reason.
    """

    kind: ReasonKind
    item: str = ""
    weight: float = 0.0

    def __post_init__(self) -> None:
        if (self.kind == "item") != bool(self.item):
            raise ValueError(
                f"Expected an item for the kind 'item' alone, found {self.kind!r}, {self.item!r}."
            )
        if not math.isfinite(self.weight) or (self.kind != "popular" and self.weight <= 0):
            raise ValueError(f"Expected a weight above 0 for a reason, found {self.weight} ({self.kind}).")


@dataclass(frozen=True)
class Recommendation:
    """An item for a user.

    Attributes:
        item: its id.
        score: higher is better; comparable within one list only.
        because: what the score comes from, the weightiest first.
        propensity: with what probability the policy shows this item at this place, in (0, 1].

    Raises:
        ValueError: the score isn't finite, or the propensity isn't a probability above 0.
    """

    item: str
    score: float
    because: tuple[Reason, ...] = ()
    propensity: float = 1.0

    def __post_init__(self) -> None:
        if not math.isfinite(self.score):
            raise ValueError(f"Expected a finite score, found {self.score} for {self.item!r}.")
        if not 0 < self.propensity <= 1:
            raise ValueError(f"Expected a propensity in (0, 1], found {self.propensity} for {self.item!r}.")
