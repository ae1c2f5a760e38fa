"""What happens in a customer's year: salary, rent, subscriptions, shops, cash, journeys, savings."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from bank.seed.people import Person, world
from bank.tables import OUTSIDE

DAYS = 365


@dataclass(frozen=True, order=True)
class Booking:
    """A transaction to be made: cents from one account to another. Each side reads the other's name."""

    at: datetime
    kind: str
    category: str
    source: int
    target: int
    cents: int
    payee: str
    payer: str = ""
    reference: str = ""


def bookings(random: Random, person: Person, until: date) -> list[Booking]:
    """Return a year of bookings, and opening deposits that make the balances come out as wanted."""
    return opened(person, [*_regular(random, person, until), *_daily(random, person, until)], until)


def opened(person: Person, booked: list[Booking], until: date) -> list[Booking]:
    """Put opening deposits before the bookings: so much is left in the end, and never less than zero."""
    running: dict[int, int] = defaultdict(int)
    lowest: dict[int, int] = defaultdict(int)
    for one in sorted(booked):
        running[one.target] += one.cents
        running[one.source] -= one.cents
        lowest[one.source] = min(lowest[one.source], running[one.source])
    at = moment(until - timedelta(days=DAYS + 1), 9, 0)
    openings = []
    for kind, wanted in person.targets.items():
        account = person.account(kind)
        cents = max(wanted - running[account], -lowest[account])
        if cents > 0:
            openings.append(Booking(at, "deposit", "income", OUTSIDE, account, cents, "", "Opening deposit"))
    return [*openings, *sorted(booked)]


def moment(day: date, hour: int, minute: int) -> datetime:
    """Return a time of day in UTC."""
    return datetime.combine(day, time(hour, minute), UTC)


def months(until: date) -> Iterator[date]:
    """Yield the first days of the months that the year touches."""
    month = (until - timedelta(days=DAYS)).replace(day=1)
    while month < until:
        yield month
        month = (month + timedelta(days=32)).replace(day=1)


def _regular(random: Random, person: Person, until: date) -> Iterator[Booking]:
    """Yield what comes every month on its day."""
    current = person.account("current")
    debits = [one for one in world()["subscriptions"] if random.random() < one["chance"]]
    saved, shared = person.salary // 10 // 10_00 * 10_00, person.salary // 5 // 10_00 * 10_00

    def on(month: date, day: int) -> datetime:
        return moment(month.replace(day=day), 6, 30)

    planned = []
    for month in months(until):
        planned.append(
            Booking(on(month, 27), "salary", "income", OUTSIDE, current, person.salary, "", person.employer)
        )
        planned.append(
            Booking(on(month, 1), "standing_order", "rent", current, OUTSIDE, person.rent, person.landlord)
        )
        planned += [
            Booking(on(month, one["day"]), "direct_debit", one["category"], current, OUTSIDE,
                    round(one["euros"] * 100), one["name"])
            for one in debits
        ]  # fmt: skip
        if "current-plus" in person.holdings:
            planned.append(Booking(on(month, 28), "fee", "fees", current, OUTSIDE, 4_90, "Linden Bank"))
        for kind, name, cents in (("savings", "Savings account", saved), ("joint", "Joint account", shared)):
            if kind in person.targets:
                planned.append(
                    Booking(on(month, 28), "own_transfer", "transfers", current, person.account(kind), cents,
                            name, "Current account")
                )  # fmt: skip
        if "joint" in person.targets:
            planned.append(
                Booking(on(month, 20), "direct_debit", "children", person.account("joint"), OUTSIDE,
                        shared * 9 // 10, "Kindergarten Sonnenblume")
            )  # fmt: skip
    first = moment(until - timedelta(days=DAYS), 0, 0)
    yield from (one for one in planned if first <= one.at < moment(until, 0, 0))


def _daily(random: Random, person: Person, until: date) -> Iterator[Booking]:
    """Yield what comes on any day."""
    current = person.account("current")
    share = min(person.salary / 3000_00, 1.2)  # Who earns less buys less.

    def pay(
        kind: str, category: str, name: str, low: int, high: int, day: int, reference: str = ""
    ) -> Booking:
        at = moment(until - timedelta(days=day), random.randrange(7, 22), random.randrange(60))
        cents = max(1_00, round(random.triangular(low, high, low) * 100 * share))
        return Booking(at, kind, category, current, OUTSIDE, cents, name, "", reference)

    for shop in world()["shops"]:
        low, high = shop["euros"]
        for _ in range(shop["monthly"] * 12):
            day = random.randrange(1, DAYS)
            bought = pay("card", shop["category"], random.choice(shop["names"]), low, high, day)
            yield bought
            if day > 10 and shop["category"] == "shopping" and random.random() < 0.08:
                back = bought.at + timedelta(days=random.randrange(3, 9))
                yield Booking(back, "refund", "shopping", OUTSIDE, current, bought.cents, "", bought.payee)
    for _ in range(14):
        cash = random.choice((20_00, 50_00, 50_00, 100_00))
        at = pay("cash", "cash", "", 1, 2, random.randrange(1, DAYS)).at
        yield Booking(at, "cash", "cash", current, OUTSIDE, cash, random.choice(world()["atms"]))
    for _ in range(8):
        friend = random.choice(person.payees[1:])[0]
        yield pay("transfer", "transfers", friend, 10, 120, random.randrange(1, DAYS))
    for _ in range(2 if person.life == "traveller" else random.randrange(2)):
        journey, start = random.choice(world()["journeys"]), random.randrange(20, DAYS)
        flight, hotel, *rest = journey["names"]
        yield pay("card", "travel", flight, 80, 260, start, journey["city"])
        yield pay("card", "travel", hotel, 150, 480, start - 5, journey["city"])
        for day in range(start - 5, start):
            yield pay("card", "travel", random.choice(rest), 6, 55, day, journey["city"])
