"""What the dialogues may change: the bank of one customer, and the tickets, as a flat mapping."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from bank import Bank
from lam.settings import Settings
from lam.storage import open_database

WATCHED = "10000001"


def snapshot(settings: Settings, customer: str) -> Mapping[str, Any]:
    """Return balances, cards by their ending, and how much there is of all else."""
    bank = Bank(open_database(settings.url("bank")), settings.present)
    with open_database(settings.url("learning")).read() as connection:
        tickets = connection.execute(sa.text("SELECT count(*) FROM ticket")).scalar_one()
    return {
        **{one.name: one.balance for one in bank.accounts(customer)},
        **{f"card {one.ending}": one.status for one in bank.cards(customer) if one.status != "ordered"},
        "card orders": len(bank.card_orders(customer)),
        "planned": len(bank.scheduled(customer)),
        "cases": len(bank.cases(customer)),
        "standing orders": len(bank.standing_orders(customer)),
        "tickets": tickets,
        "balanced": bank.balanced(),
    }
