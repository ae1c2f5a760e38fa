"""What customers hold, viewed and accepted: by way of life, so that there is something to learn."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random

from bank.model import Interaction
from bank.seed.people import Person, world
from bank.seed.year import DAYS, moment


def interactions(random: Random, person: Person, until: date) -> Iterator[Interaction]:
    """Yield a person's interactions."""
    likes = world()["lives"][person.life]
    every = sorted({product for products in world()["lives"].values() for product in products})

    def at(day: int) -> datetime:
        return moment(until - timedelta(days=day), random.randrange(8, 20), random.randrange(60))

    for product in person.holdings:
        day = random.randrange(2, DAYS)
        yield Interaction(person.number, product, "holding", at(day))
        if random.random() < 0.3:
            yield Interaction(person.number, product, "accept", at(day))
    for product in every:
        if product not in person.holdings and random.random() < (0.5 if product in likes else 0.06):
            yield Interaction(person.number, product, "view", at(random.randrange(1, DAYS)))
