"""Examples that are held back to judge a training by."""

import random
from collections.abc import Iterable, Sequence

from lam.types import Example

# An intent with fewer examples keeps all of them for training.
_FEW = 5


def hold_back(examples: Sequence[Example], share: float, seed: int) -> tuple[list[int], list[int]]:
    """Return the places of examples to train on and of those held back, both in order.

    Each intent gives its share; of intents with few examples, and of intents whose share is less than one
    example, some give one and some give none.
    """
    dice = random.Random(f"{seed}/held back")
    places: dict[str, list[int]] = {}
    for place, one in enumerate(examples):
        places.setdefault(one.intent, []).append(place)
    held: set[int] = set()
    due = 0.0
    for _, own in sorted(places.items()):
        if len(own) < _FEW:
            continue
        due += share * len(own)
        count = min(int(due), len(own) - 1)
        held.update(dice.sample(own, count))
        due -= count
    return [n for n in range(len(examples)) if n not in held], sorted(held)


def unseen(held: Iterable[Example], kept: Iterable[Example]) -> list[Example]:
    """Return those of the examples held back that say how well others are read.

    Left out are those whose words are kept with the same intent behind another turn of the bot: a model that
    was trained on them knows what they mean.
    """
    shown = {(one.text, one.intent) for one in kept}
    return [one for one in held if (one.text, one.intent) not in shown]
