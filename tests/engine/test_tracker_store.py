"""The tracker store on real databases: appended, never lost, never interleaved."""

import pytest
import sqlalchemy as sa
from rasa.core.tracker_store import SQLTrackerStore, check_if_tracker_store_async
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from lam.engine.tables import METADATA
from lam.engine.tracker_store import Conflict, TrackerStore
from lam.storage import MIGRATIONS, migrate

DOMAIN = Domain.from_dict({"slots": {"size": {"type": "text", "mappings": [{"type": "custom"}]}}})


@pytest.fixture
def store(database):
    METADATA.create_all(database.engine)
    return TrackerStore(DOMAIN, database=database)


def turn(message: str, text: str = "hello") -> list:
    return [
        UserUttered(text, {"name": "greet", "confidence": 0.9}, message_id=message),
        ActionExecuted("utter_greet"),
        BotUttered("Hello!"),
        ActionExecuted("action_listen"),
    ]


def session() -> list:
    return [ActionExecuted("action_session_start"), SessionStarted(), ActionExecuted("action_listen")]


async def say(store, conversation: str, *events) -> DialogueStateTracker:
    tracker = await store.get_or_create_tracker(conversation, append_action_listen=False)
    tracker.update_with_events(list(events), DOMAIN)
    await store.save(tracker)
    return tracker


def types(tracker) -> list[str]:
    return [event.type_name for event in tracker.events]


async def test_is_asynchronous_as_rasa_counts(store):
    assert check_if_tracker_store_async(store)


async def test_unknown_conversation_is_none(store):
    assert await store.retrieve("nobody") is None
    assert await store.retrieve_full_tracker("nobody") is None
    assert await store.turn("nobody", "m1") == []
    assert not await store.exists("nobody")


async def test_events_come_back_in_order(store):
    saved = await say(store, "c1", *session(), *turn("m1"), SlotSet("size", "L"))
    read = await store.retrieve_full_tracker("c1")
    assert [event.as_dict() for event in read.events] == [event.as_dict() for event in saved.events]
    assert read.get_slot("size") == "L"
    assert list(await store.keys()) == ["c1"]


async def test_saving_again_appends_only_what_is_new(store):
    tracker = await say(store, "c1", *session(), *turn("m1"))
    await store.save(tracker)
    tracker.update_with_events(turn("m2"), DOMAIN)
    await store.save(tracker)
    assert len((await store.retrieve_full_tracker("c1")).events) == 3 + 4 + 4


async def test_same_window_as_rasas_sql_store(store, tmp_path):
    """The policies must see the same past as with the stock store."""
    stock = SQLTrackerStore(DOMAIN, db=str(tmp_path / "rasa.db"))
    for events in ([*session(), *turn("m1")], [*session(), *turn("m2")], turn("m3")):
        await say(store, "c1", *events)
        await say(stock, "c1", *events)
        ours, theirs = await store.retrieve("c1"), await stock.retrieve("c1")
        assert types(ours) == types(theirs)
        assert ours.past_states(DOMAIN) == theirs.past_states(DOMAIN)
    assert len(types(await store.retrieve("c1"))) == 2 + 4 + 4
    assert len(types(await store.retrieve_full_tracker("c1"))) == 3 + 4 + 3 + 4 + 4


async def test_second_writer_gets_a_conflict_and_stores_nothing(store):
    await say(store, "c1", *session(), *turn("m1"))
    slow, fast = await store.retrieve("c1"), await store.retrieve("c1")
    fast.update_with_events(turn("m2"), DOMAIN)
    slow.update_with_events(turn("m3"), DOMAIN)
    await store.save(fast)
    with pytest.raises(Conflict):
        await store.save(slow)
    assert await store.turn("c1", "m3") == []
    assert len(await store.turn("c1", "m2")) == 4


async def test_two_first_writers_cannot_both_win(store):
    first, second = store.init_tracker("c1"), store.init_tracker("c1")
    for tracker, message in ((first, "m1"), (second, "m2")):
        tracker.update_with_events([*session(), *turn(message)], DOMAIN)
    await store.save(first)
    with pytest.raises(Conflict):
        await store.save(second)


async def test_turn_holds_exactly_one_messages_events(store):
    await say(store, "c1", *session(), *turn("m1"))
    await say(store, "c1", *turn("m2", "again"))
    await say(store, "c2", *session(), *turn("m2", "elsewhere"))
    events = await store.turn("c1", "m2")
    assert [event["event"] for event in events] == ["user", "action", "bot", "action"]
    assert events[0]["text"] == "again"
    assert len(await store.turn("c1", "m1")) == 7


async def test_text_that_databases_refuse_is_kept(store):
    """Rasa's process ends on a lone surrogate; PostgreSQL takes no NUL."""
    await say(store, "c1", *session(), *turn("m1", "a\ud800b\x00c"))
    assert (await store.turn("c1", "m1"))[3]["text"] == "a\ud800b\x00c"


async def test_delete_forgets_one_conversation(store):
    await say(store, "c1", *session())
    await say(store, "c2", *session())
    await store.delete("c1")
    assert list(await store.keys()) == ["c2"]


async def test_errors_reach_the_caller(store, database):
    METADATA.drop_all(database.engine)
    with pytest.raises(sa.exc.DBAPIError):
        await store.retrieve("c1")
    with pytest.raises(sa.exc.DBAPIError):
        await say(store, "c1", *session())


def test_migrations_make_the_table_that_the_code_uses(database):
    migrate(database, MIGRATIONS / "conversations")
    for table in METADATA.sorted_tables:
        found = sa.inspect(database.engine).get_columns(table.name)
        assert [column["name"] for column in found] == [column.name for column in table.columns]
        assert [column["nullable"] for column in found] == [column.nullable for column in table.columns]
        indexes = {index["name"] for index in sa.inspect(database.engine).get_indexes(table.name)}
        assert indexes == {index.name for index in table.indexes}
