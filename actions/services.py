"""What the actions work with: one set of handles for the process, opened at the first call, not at import."""

import functools
from dataclasses import dataclass
from pathlib import Path

from bank import Bank
from bank.codes import OutboxSender
from lam.encoder.sentences import SentenceEncoder
from lam.feedback import Tickets
from lam.recommend import (
    Eligibility,
    Encode,
    Goals,
    Interactions,
    Item,
    Preferences,
    Recommender,
    read_policy,
)
from lam.sessions import Sessions
from lam.settings import Settings, load_settings
from lam.storage import open_database

CONTENT = Path(__file__).parent.parent / "content"


@dataclass(frozen=True)
class Services:
    """The libraries that actions call; all of them are safe to share between threads."""

    settings: Settings
    bank: Bank
    sessions: Sessions
    tickets: Tickets
    interactions: Interactions
    preferences: Preferences
    models: Path

    @functools.cached_property
    def goals(self) -> Goals:
        """The goals that customers of a bank have."""
        return Goals.read(CONTENT / "goals.yml")

    @functools.cached_property
    def recommender(self) -> Recommender:
        """Fitted on what all customers did, at the first call: what they do from then on is folded in."""
        return make_recommender(self.bank, self.interactions, SentenceEncoder())


def make_recommender(bank: Bank, interactions: Interactions, encode: Encode) -> Recommender:
    """Fit the recommender that `content/` describes on the bank's catalogue.

    Args:
        encode: turns texts into vectors.

    Raises:
        DataError: a file of `content/` is wrong.
    """
    policy = read_policy(CONTENT / "recommend.yml")
    catalogue = [
        Item(one.id, f"{one.name}. {one.summary} {', '.join(one.features)}.", {"kind": one.kind})
        for one in bank.products()
    ]
    return Recommender.fit(
        interactions.history([item.id for item in catalogue], policy.influence),
        catalogue,
        Eligibility.read(CONTENT / "eligibility.yml", catalogue),
        policy,
        encode=encode,
    )


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
        interactions=Interactions(learning),
        preferences=Preferences(learning),
        models=Path(settings.model).parent if settings.model else Path("models"),
    )
