"""The three databases: brought to the newest tables, the demonstration bank filled once."""

from importlib.util import find_spec
from typing import Any

from lam.settings import Settings
from lam.storage import MIGRATIONS, Database, migrate, open_database


def migrate_all(settings: Settings) -> None:
    """Bring every database to its newest tables; nothing happens to one that has them."""
    folders = {name: MIGRATIONS / name for name in ("conversations", "learning")}
    if has_bank():
        import bank

        folders["bank"] = bank.MIGRATIONS
    for name, folder in folders.items():
        database = open_database(settings.url(name))
        try:
            migrate(database, folder)
        finally:
            database.close()


def seed_bank(settings: Settings) -> bool:
    """Fill the demonstration bank, if it is empty; return whether it was."""
    if not has_bank():
        return False
    from bank import Bank
    from bank.seed import seed

    database = open_bank(settings)
    try:
        new = seed(database, until=settings.present().date())
        if new:
            _seed_interactions(settings, Bank(database, settings.present))
        return new
    finally:
        database.close()


def _seed_interactions(settings: Settings, ledger: Any) -> None:
    """Let the recommender learn from what the bank's customers hold, looked at and accepted."""
    from lam.recommend import Interaction, Interactions

    kinds = {"holding": "purchase", "view": "click", "accept": "accept"}
    learning = open_database(settings.url("learning"))
    try:
        Interactions(learning).add(
            Interaction(one.customer, one.product, kinds[one.kind], one.at, f"bank {number}")
            for number, one in enumerate(ledger.product_interactions())
        )
    finally:
        learning.close()


def open_bank(settings: Settings) -> Database:
    """Open the bank's database."""
    return open_database(settings.url("bank"))


def has_bank() -> bool:
    """False where a team has put systems of its own in the place of our bank."""
    return find_spec("bank") is not None
