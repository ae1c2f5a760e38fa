"""Who the customers are: names, homes, incomes, accounts, cards, payees."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml

from bank import iban as ibans

FIRST = 10_000_001
_BANK_CODE = "99900100"
_NUMBERS = {"current": 0, "savings": 1, "joint": 2}
_CARDS = {"gold-card": ("credit", "Gold Card"), "cashback-card": ("credit", "Cashback Card")}


@cache
def world() -> Any:
    """Return the names of people, shops and places."""
    return yaml.safe_load((Path(__file__).parent / "world.yml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class PersonCard:
    """A card to be made."""

    kind: str
    name: str
    ending: str
    status: str = "active"


@dataclass(frozen=True)
class Person:
    """A customer to be made. Amounts in cents; `targets` is what each account shall hold in the end."""

    place: int
    name: str
    street: str
    city: str
    born: date
    since: date
    life: str
    holdings: tuple[str, ...]
    salary: int
    employer: str
    rent: int
    landlord: str
    targets: dict[str, int]
    cards: tuple[PersonCard, ...]
    payees: tuple[tuple[str, str], ...]

    @property
    def country(self) -> str:
        """Where the city is, ISO 3166."""
        return str(world()["countries"].get(self.city, "DE"))

    @property
    def risk_class(self) -> int | None:
        """What the suitability test found, from 1 to 7; None for the one in five without a test."""
        # A stream of its own: drawn with the rest, it would make other people of everybody.
        random = Random(f"{self.number}:risk")
        likely = {"investor": (4, 7), "saver": (1, 4)}.get(self.life, (2, 6))
        return None if random.random() < 0.2 else random.randint(*likely)

    @property
    def number(self) -> str:
        """The customer's number."""
        return str(FIRST + self.place)

    def account(self, kind: str) -> int:
        """Return the id of an account; ids leave room for the account that stands for the outside."""
        return 10 * (self.place + 1) + _NUMBERS[kind]


def own_iban(place: int, kind: str) -> str:
    """Return the IBAN of a customer's account."""
    return ibans.make("DE", f"{_BANK_CODE}{FIRST + place}{_NUMBERS[kind]:02d}")


def foreign_iban(random: Random) -> str:
    """Return an IBAN at some other bank."""
    country, form = random.choice(
        (("DE", "{:018d}"), ("FR", "{:023d}"), ("PL", "{:024d}"), ("ES", "{:020d}"), ("NL", "LIND{:010d}"))
    )
    digits = sum(int(part.split("d")[0]) for part in form.split("{:0")[1:])
    return ibans.make(country, form.format(random.randrange(10 ** (digits - 1), 10**digits)))


def name(random: Random) -> str:
    """Return a full name; given and family name come from the same part of the world."""
    origin = random.choice(world()["names"])
    return f"{random.choice(origin['given'])} {random.choice(origin['family'])}"


def person(random: Random, place: int, until: date) -> Person:
    """Invent a customer. The second one has a name that the demonstration's customer pays."""
    life = random.choice(sorted(world()["lives"]))
    holdings = _holdings(random, life)
    salary = random.randrange(900_00, 1500_00) if life == "student" else random.randrange(2100_00, 5200_00)
    landlord = f"Landlord ({random.choice(world()['landlords'])})"
    targets = {"current": random.randrange(300_00, 6000_00)}
    if "easy-saver" in holdings:
        targets["savings"] = random.randrange(500_00, 25_000_00)
    if life == "family":
        targets["joint"] = random.randrange(400_00, 4000_00)
    friends = {name(random): foreign_iban(random) for _ in range(random.randrange(2, 6))}
    return Person(
        place=place,
        name="Anna Kowalska" if place == 1 else name(random),
        street=f"{random.choice(world()['streets'])} {random.randrange(1, 120)}",
        city=random.choice(world()["cities"]),
        born=date(until.year - random.randrange(*((18, 27) if life == "student" else (25, 75))), 1, 1)
        + timedelta(days=random.randrange(360)),
        since=until - timedelta(days=random.randrange(400, 4000)),
        life=life,
        holdings=holdings,
        salary=salary,
        employer=random.choice(world()["employers"]),
        rent=salary * random.randrange(22, 34) // 100 // 5_00 * 5_00,
        landlord=landlord,
        targets=targets,
        cards=_cards(random, holdings),
        payees=((landlord, foreign_iban(random)), *friends.items()),
    )


def _holdings(random: Random, life: str) -> tuple[str, ...]:
    """Draw products: often those of the way of life, sometimes those of a second one, rarely any other."""
    lives = world()["lives"]
    chances = {product: 0.06 for products in lives.values() for product in products}
    if random.random() < 0.3:
        chances |= dict.fromkeys(lives[random.choice(sorted(lives))], 0.4)
    chances |= dict.fromkeys(lives[life], 0.65)
    basis = "student-account" if life == "student" else "current-plus"
    chances = {
        product: chance
        for product, chance in chances.items()
        if product not in ("student-account", "current-plus")
    }
    return (basis, *(product for product, chance in chances.items() if random.random() < chance))


def _cards(random: Random, holdings: tuple[str, ...]) -> tuple[PersonCard, ...]:
    kinds = [("debit", "Debit Card")]
    kinds += [card for product, card in _CARDS.items() if product in holdings]
    kinds += [("travel", "Travel Card")] * ("travel-card" in holdings)
    endings = random.sample(range(1000, 10_000), len(kinds))
    return tuple(
        PersonCard(kind, title, str(ending), "frozen" if random.random() < 0.06 else "active")
        for (kind, title), ending in zip(kinds, endings, strict=True)
    )
