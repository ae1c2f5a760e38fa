"""The store of interactions and preferences, on real databases."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from lam.recommend import Interaction, Interactions, Preference, Preferences, taste_of
from lam.storage import MIGRATIONS, Database, migrate

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.fixture
def store(learning_database: Database) -> Interactions:
    return Interactions(learning_database)


@pytest.fixture
def preferences(learning_database: Database) -> Preferences:
    return Preferences(learning_database)


def test_the_same_event_twice_is_one(store: Interactions) -> None:
    event = Interaction("u", "gold-card", "purchase", NOON, "k1")
    assert store.add([event, event]) == 1
    assert store.add([event]) == 0
    assert store.taste("u", NOON).liked == {"gold-card": 4.0}


def test_as_many_as_are_new_are_counted_in_large_batches(store: Interactions) -> None:
    events = [Interaction(f"u{n}", "a", "click", NOON, f"k{n}") for n in range(2500)]
    assert store.add(events[:1700]) == 1700
    assert store.add(events) == 800


def test_what_was_only_shown_or_rejected_is_no_liking(store: Interactions) -> None:
    store.add([Interaction("u", "a", "impression", NOON, "1"), Interaction("u", "b", "reject", NOON, "2")])
    assert store.history().liked.nnz == 0
    assert store.taste("u", NOON).rejected == {"b": 3.0}


def test_what_is_read_is_what_was_written(store: Interactions) -> None:
    events = [
        Interaction("u", "a", "impression", NOON, "1", "talk", place=2, propensity=0.25),
        Interaction("u", "a", "thumb", NOON + timedelta(hours=1), "2", up=False),
    ]
    store.add(reversed(events))
    assert store.of("u") == events
    assert store.of("u", since=NOON + timedelta(minutes=1)) == events[1:]
    assert store.of("nobody") == []


def test_events_of_the_oldest_tables_are_kept(database: Database) -> None:
    migrate(database, MIGRATIONS / "learning", "l0001")
    with database.write() as connection:
        connection.execute(
            sa.text('INSERT INTO interaction ("user", item, kind, at, key) VALUES (:u, :i, :k, :at, :key)'),
            {"u": "u", "i": "a", "k": "click", "at": NOON.replace(tzinfo=None), "key": "1"},
        )
    migrate(database, MIGRATIONS / "learning")
    assert Interactions(database).of("u") == [Interaction("u", "a", "click", NOON, "1")]


def test_the_later_word_counts_in_whatever_order_it_arrives() -> None:
    def event(kind: str, hours: int) -> Interaction:
        return Interaction("u", "a", kind, NOON + timedelta(hours=hours), f"{kind} {hours}")

    liked, rejected, again = event("accept", 0), event("reject", 1), event("click", 2)
    assert taste_of([rejected, liked], NOON).rejected == {"a": 3.0}
    taste = taste_of([again, liked, rejected], NOON + timedelta(hours=26))
    assert (taste.liked, taste.rejected, taste.ages) == ({"a": 1.0}, {}, {"a": 1.0})


def test_a_thumb_down_is_a_rejection() -> None:
    down = Interaction("u", "a", "thumb", NOON, "1", up=False)
    assert taste_of([down], NOON).rejected == {"a": 2.0}


def test_the_history_limits_one_identity(store: Interactions) -> None:
    crowd = [Interaction(f"u{n}", "a", "click", NOON, f"k{n}") for n in range(40)]
    robot = [Interaction("robot", "a", "click", NOON, f"r{n}") for n in range(400)]
    store.add(crowd + robot)
    assert store.history(share=0.1).liked.sum() == pytest.approx(40 / 0.9, rel=0.01)


@pytest.mark.parametrize(
    ("values", "match"),
    [({"kind": "stare"}, "Expected a kind among"), ({"at": datetime(2026, 1, 1)}, "a time with a zone"),
     ({"user": ""}, "User: expected"), ({"item": "a\nb"}, "Item: expected"), ({"kind": "thumb"}, "`up`"),
     ({"up": True}, "`up`"), ({"propensity": 0.5}, "of impressions alone"),
     ({"kind": "impression", "propensity": 0.0}, r"in \(0, 1\]"),
     ({"kind": "impression", "place": -1}, "from 0"),
     ({"kind": "impression", "propensity": float("nan")}, r"in \(0, 1\]")],
)  # fmt: skip
def test_an_event_that_is_none_is_refused(values: dict, match: str) -> None:
    plain = {"user": "u", "item": "a", "kind": "click", "at": NOON, "key": "1"}
    with pytest.raises(ValueError, match=match):
        Interaction(**{**plain, **values})


def test_goals_are_told_newest_first_and_once(preferences: Preferences) -> None:
    for hours, goal in ((0, "home"), (1, "travel"), (2, "home")):
        preferences.add(Preference("u", "goal", goal, NOON + timedelta(hours=hours), f"k{hours}"))
    assert preferences.goals("u") == ["home", "travel"]
    assert preferences.goals("other") == []


def test_what_was_hidden_last_counts(preferences: Preferences) -> None:
    hide = Preference("u", "hide", "a", NOON, "1", "talk")
    preferences.add(hide, hide, Preference("u", "hide", "b", NOON, "2"))
    assert preferences.hidden("u") == {"a", "b"}
    preferences.add(Preference("u", "show", "a", NOON + timedelta(hours=1), "3"))
    assert preferences.hidden("u") == {"b"}
    assert preferences.hidden("other") == frozenset()
