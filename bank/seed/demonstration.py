"""Ada Lindqvist, customer 10000001, whom the demonstration and its tests know by heart."""

from datetime import date, timedelta
from random import Random

from bank import iban as ibans
from bank.seed import year
from bank.seed.people import Person, PersonCard, own_iban
from bank.tables import OUTSIDE

PERSON = Person(
    place=0,
    name="Ada Lindqvist",
    street="Lindenstrasse 24",
    city="Berlin",
    born=date(1991, 4, 17),
    since=date(2019, 9, 2),
    life="traveller",
    holdings=("current-plus", "easy-saver", "travel-card", "cashback-card"),
    salary=2400_00,
    employer="Nordlicht GmbH",
    rent=850_00,
    landlord="Landlord (Mr. Osei)",
    targets={"current": 3512_80, "savings": 8120_00, "joint": 1530_25},
    cards=(
        PersonCard("debit", "Debit Card", "4821"),
        PersonCard("credit", "Cashback Card", "9034"),
        PersonCard("travel", "Travel Card", "1177", "frozen"),
    ),
    payees=(
        ("Landlord (Mr. Osei)", ibans.make("DE", "999002000000418233")),
        ("Maria Rossi", "IT60X0542811101000000123456"),
        ("Ben Carter", "NL91ABNA0417164300"),
        ("Stadtwerke Lindenau", "DE89370400440532013000"),
        # A customer of this bank: what is sent to her arrives.
        ("Anna Kowalska", own_iban(1, "current")),
        ("Mum (Ingrid Lindqvist)", "SE4550000000058398257466"),
        ("Tomas Novak", "CZ6508000000192000145399"),
        ("Tomas Berger", "AT611904300234573201"),
    ),
)

# Days before the end, hour, minute, kind, category, name, cents. Amazon charged twice.
_RECENT = (
    (1, 9, 12, "card", "groceries", "Lidl", 34_20),
    (2, 19, 40, "card", "eating out", "Trattoria Roma", 41_50),
    (3, 11, 5, "card", "shopping", "Amazon", 59_90),
    (3, 11, 6, "card", "shopping", "Amazon", 59_90),
    (4, 17, 31, "card", "transport", "Shell Petrol Station", 62_15),
    (5, 6, 30, "direct_debit", "subscriptions", "Netflix", 13_99),
    (6, 8, 2, "card", "transport", "Deutsche Bahn", 48_90),
    (7, 18, 22, "card", "groceries", "Rewe", 52_30),
    (8, 12, 45, "cash", "cash", "ATM Main station", 100_00),
    (8, 18, 5, "card", "groceries", "Lidl", 27_85),
    (10, 10, 15, "card", "eating out", "Café Central", 7_80),
    (12, 20, 50, "card", "shopping", "Zalando", 89_90),
    (13, 14, 0, "transfer", "transfers", "Ben Carter", 25_00),
)
_HAND_MADE_DAYS = 14


def bookings(random: Random, person: Person, until: date) -> list[year.Booking]:
    """Return a year in which the last two weeks, and Netflix every month, are as written above."""
    current, start = person.account("current"), year.moment(until - timedelta(days=_HAND_MADE_DAYS), 0, 0)
    regular = {"salary", "standing_order", "own_transfer", "direct_debit", "fee"}
    # The deposits are made anew: with other bookings the balances need others.
    drawn = [
        one
        for one in year.bookings(random, person, until)
        if one.kind != "deposit"
        and one.payee not in {"Netflix", "Anna Kowalska"}
        and (one.kind in regular or one.at < start)
    ]
    recent = [
        year.Booking(
            year.moment(until - timedelta(days=days), hour, minute),
            kind,
            category,
            current,
            OUTSIDE,
            cents,
            name,
        )
        for days, hour, minute, kind, category, name, cents in _RECENT
    ]
    earlier = [
        year.Booking(
            year.moment(until - timedelta(days=5 + round(30.44 * ago)), 6, 30),
            "direct_debit", "subscriptions", current, OUTSIDE, 13_99, "Netflix",
        )
        for ago in range(1, 12)
    ]  # fmt: skip
    back = year.Booking(
        year.moment(until - timedelta(days=9), 9, 0),
        "refund",
        "shopping",
        OUTSIDE,
        current,
        39_95,
        "",
        "Zalando",
    )
    return year.opened(person, [*drawn, *recent, *earlier, back], until)
