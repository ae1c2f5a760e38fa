"""The store of interactions, on real databases."""

from datetime import UTC, datetime

import pytest

from lam.recommend import Interaction, Interactions, load_recommender
from lam.storage import MIGRATIONS, migrate, open_database

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.fixture
def store(database_url: str) -> Interactions:
    database = open_database(database_url)
    migrate(database, MIGRATIONS / "learning")
    return Interactions(database)


def test_the_same_event_twice_is_one(store: Interactions) -> None:
    event = Interaction("u", "gold-card", "purchase", NOON, "k1")
    assert store.add([event, event]) == 1
    assert store.add([event]) == 0
    assert store.weights() == [("u", "gold-card", 4.0)]


def test_what_was_only_shown_or_rejected_is_no_liking(store: Interactions) -> None:
    store.add([Interaction("u", "a", "impression", NOON, "1"), Interaction("u", "b", "reject", NOON, "2")])
    assert store.weights() == []


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="Expected a kind among"):
        Interaction("u", "a", "stare", NOON, "1")


def test_the_model_learns_from_the_store(store: Interactions) -> None:
    events = [
        Interaction(f"u{user}", item, "purchase", NOON, f"{user} {item}")
        for user in range(10)
        for item in ("a", "b", "c")
        if (user, item) != (0, "c")
    ]
    store.add(events)
    recommender = load_recommender(store._database)
    assert recommender.recommend("u0", 1)[0].item == "c"
