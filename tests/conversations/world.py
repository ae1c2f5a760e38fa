"""What the dialogues may change: the bank of one customer, tickets, ratings, and others' money."""

import functools
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from bank import Bank
from bank.codes import newest
from bank.tables import account, posting
from lam.recommend import Preferences
from lam.recommend.tables import interaction
from lam.settings import Settings
from lam.storage import open_database

WATCHED = "10000001"
opened = functools.cache(open_database)


def snapshot(settings: Settings, customer: str) -> Mapping[str, Any]:
    """Return balances, cards by their ending, and how much there is of all else."""
    ledger = opened(settings.url("bank"))
    bank = Bank(ledger, settings.present)
    with opened(settings.url("learning")).read() as connection:
        tickets = connection.execute(sa.text("SELECT count(*) FROM ticket")).scalar_one()
        said = sa.select(interaction.c.kind, sa.func.count()).where(interaction.c.user == customer)
        done = dict(tuple(row) for row in connection.execute(said.group_by(interaction.c.kind)))
        ratings = connection.execute(sa.text("SELECT value, count(*) FROM rating GROUP BY value")).all()
    others = posting.join(account, sa.and_(account.c.id == posting.c.account, account.c.customer != customer))
    with ledger.read() as connection:
        bookings = connection.execute(sa.select(sa.func.count()).select_from(others)).scalar_one()
    return {
        **{one.name: one.balance for one in bank.accounts(customer)},
        **{f"card {one.ending}": one.status for one in bank.cards(customer) if one.status != "ordered"},
        "card orders": len(bank.card_orders(customer)),
        "planned": len(bank.scheduled(customer)),
        "cases": len(bank.cases(customer)),
        "standing orders": len(bank.standing_orders(customer)),
        "tickets": tickets,
        "accepted": done.get("accept", 0),
        "rejected": done.get("reject", 0),
        "hidden": len(Preferences(opened(settings.url("learning"))).hidden(customer)),
        "thumbs up": 0,
        "thumbs down": 0,
        **{f"thumbs {value}": count for value, count in ratings},
        "others' bookings": bookings,
        "balanced": bank.balanced(),
    }


def code(settings: Settings) -> str:
    """Return the one-time code that was sent last."""
    return newest(opened(settings.url("bank")))[-1].code
