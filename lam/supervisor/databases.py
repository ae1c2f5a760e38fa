"""The three databases: brought to the newest tables, the demonstration bank filled and kept up to date."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

import sqlalchemy as sa

from lam.settings import SettingError, Settings
from lam.storage import MIGRATIONS, Database, migrate, open_database


def migrate_all(settings: Settings) -> None:
    """Bring every database to its newest tables; nothing happens to one that has them.

    Raises:
        SettingError: a database can't be opened.
    """
    folders = {name: MIGRATIONS / name for name in ("conversations", "learning")}
    if has_bank():
        import bank

        folders["bank"] = bank.MIGRATIONS
    for name, folder in folders.items():
        database = open_named(settings, name)
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
            _seed_learning(settings, Bank(database, settings.present))
        return new
    finally:
        database.close()


def book_due(settings: Settings) -> int:
    """Book the planned transfers and standing orders that are due; return how many were booked.

    Raises:
        SettingError: there is no bank of ours, or its database can't be opened.
    """
    if not has_bank():
        raise SettingError("Expected the package bank in this folder, found none. Start lam in the project.")
    from bank import Bank

    database = open_bank(settings)
    try:
        return Bank(database, settings.present).run_due()
    finally:
        database.close()


def _seed_learning(settings: Settings, ledger: Any) -> None:
    from lam.recommend import Interactions

    learning = open_named(settings, "learning")
    try:
        seed_interactions(Interactions(learning), ledger)
    finally:
        learning.close()


def seed_interactions(interactions: Any, ledger: Any) -> None:
    """Let the recommender learn from what the bank's customers hold, looked at and accepted.

    Args:
        interactions: the store, `lam.recommend.Interactions`.
        ledger: the bank, with its `product_interactions`.
    """
    from lam.recommend import Interaction

    kinds = {"holding": "purchase", "view": "click", "accept": "accept"}
    interactions.add(
        Interaction(one.customer, one.product, kinds[one.kind], one.at, f"bank {number}")
        for number, one in enumerate(ledger.product_interactions())
    )


def open_bank(settings: Settings) -> Database:
    """Open the bank's database; `open_named` tells what it raises."""
    return open_named(settings, "bank")


def open_named(settings: Settings, name: str) -> Database:
    """Open the database `conversations`, `bank` or `learning`, and see that it answers.

    Raises:
        SettingError: it can't be opened; the message names the variable and no password.
    """
    variable = settings.url_variable(name)
    try:
        database = open_database(settings.url(name))
        with database.read():
            return database
    except (ValueError, sa.exc.ArgumentError):  # what they quote may be a part of the password
        raise SettingError(
            f"{variable}: expected postgresql://USER:PASSWORD@HOST:PORT/NAME, found what can't be read. "
            "Write special characters in it as %XX."
        ) from None
    except (OSError, ImportError, sa.exc.DBAPIError) as error:
        reason = str(getattr(error, "orig", error)).strip().split("\n")[0]
        raise SettingError(
            f"{variable}: expected a database that can be opened for {name}, found: {reason}."
        ) from None


def has_bank() -> bool:
    """False where a team has systems of its own in the place of our bank, whatever their package is named."""
    return find_spec("bank") is not None and hasattr(import_module("bank"), "MIGRATIONS")
