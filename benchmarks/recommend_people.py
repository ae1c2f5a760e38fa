"""Simulated people who look for something, made of real users whom no model has seen."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lam.recommend.models.base import RecommenderModel
from lam.recommend.types import Taste

SHOWN = 3
#: After so many turns a person gives up; it counts as one turn more.
PATIENCE = 20
_WANTED = 3
# How often people click what they bought another time, and how often they turn down what they don't want.
_CLICKS, _SAYS_NO = 0.5, 0.7
CLICK = 1.0


@dataclass(frozen=True)
class Person:
    """Somebody with a wish that the assistant doesn't know.

    Attributes:
        known: items of which the assistant knows at the beginning.
        wanted: the person accepts the first of these that is shown.
        related: the person's other items: of interest, but not what is looked for today.
        mood: decides what the person does with each item. Every policy meets the same person in the same
            mood, which is what makes comparisons of pairs sharp. Shape: (items,), in [0, 1), as the
            model's items.
    """

    known: tuple[str, ...]
    wanted: frozenset[str]
    related: frozenset[str]
    mood: npt.NDArray[np.float64]


@dataclass(frozen=True)
class Policy:
    """What the assistant makes of what it sees. Items that were shown never come again, in any policy.

    Attributes:
        clicks: the taste takes in what was clicked.
        rejects: confidence with which it takes in what was turned down; 0: that is only hidden.
    """

    clicks: bool
    rejects: float = 0.0


def people(
    baskets: Sequence[Sequence[str]], items: Sequence[str], revealed: int, most: int, seed: int
) -> list[Person]:
    """Return a random person for each of at most `most` users who have something left to want.

    Args:
        baskets: the distinct items of each user whom the model hasn't seen.
        items: of the model; others can't be shown, so nobody wants them.
        revealed: how many items are known at the beginning, drawn at random like those that are wanted.
    """
    rng, places = np.random.default_rng([seed, revealed]), set(items)
    known = [[item for item in basket if item in places] for basket in baskets]
    enough = [basket for basket in known if len(basket) > revealed]
    found = []
    for one in rng.permutation(len(enough))[:most]:
        basket = [enough[one][at] for at in rng.permutation(len(enough[one]))]
        wanted, others = basket[revealed : revealed + _WANTED], basket[revealed + _WANTED :]
        mood = rng.random(len(items))
        found.append(Person(tuple(basket[:revealed]), frozenset(wanted), frozenset(others), mood))
    return found


def turns(model: RecommenderModel, person: Person, policy: Policy) -> int:
    """Return the turn in which a person accepts something, PATIENCE + 1 when never."""
    liked, rejected = dict.fromkeys(person.known, CLICK), dict[str, float]()
    hidden = [model.places[item] for item in person.known]
    scores = model.scores(Taste(liked))
    for turn in range(1, PATIENCE + 1):
        shown = _best(scores, hidden)
        if any(model.items[at] in person.wanted for at in shown):
            return turn
        hidden += shown
        before = len(liked) + len(rejected)
        for at in shown:
            item, mood = model.items[at], person.mood[at]
            if item in person.related:
                if policy.clicks and mood < _CLICKS:
                    liked[item] = CLICK
            elif policy.rejects and mood < _SAYS_NO:
                rejected[item] = policy.rejects
        if len(liked) + len(rejected) > before:
            scores = model.scores(Taste(liked, rejected))
    return PATIENCE + 1


def _best(scores: npt.NDArray[np.float32], hidden: Sequence[int]) -> list[int]:
    masked = scores.astype(np.float64)
    masked[list(hidden)] = -np.inf
    return [int(at) for at in np.argsort(-masked, kind="stable")[:SHOWN]]
