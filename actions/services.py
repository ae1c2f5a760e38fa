"""What the actions work with: one set of handles for the process, opened at the first call, not at import."""

import functools
from dataclasses import dataclass
from pathlib import Path

from bank import Bank
from bank.codes import OutboxSender
from lam.feedback import Tickets
from lam.recommend import Recommender, load_recommender
from lam.sessions import Sessions
from lam.settings import Settings, load_settings
from lam.storage import open_database


@dataclass(frozen=True)
class Services:
    """The libraries that actions call; all of them are safe to share between threads."""

    settings: Settings
    bank: Bank
    sessions: Sessions
    tickets: Tickets
    recommender: Recommender
    models: Path


@functools.cache
def services() -> Services:
    """Open the databases that the settings name; the same handles at every call."""
    settings = load_settings()
    ledger = open_database(settings.url("bank"))
    learning = open_database(settings.url("learning"))
    conversations = open_database(settings.url("conversations"))
    return Services(
        settings=settings,
        bank=Bank(ledger, settings.present),
        sessions=Sessions(conversations, settings, OutboxSender(ledger, settings.present)),
        tickets=Tickets(learning),
        recommender=load_recommender(learning),
        models=Path(settings.model).parent if settings.model else Path("models"),
    )
