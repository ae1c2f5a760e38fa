"""Messages come in once, and wait in order."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from lam.conversations import Conversations, Turn, UnknownMessage

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


def test_a_message_waits_until_it_is_answered(conversations: Conversations) -> None:
    received = conversations.receive("a", "m1", "hello", at=NOON)
    assert received.new
    message = conversations.next("a")
    assert message is not None
    assert (message.seq, message.text, message.payload, message.at) == (received.seq, "hello", None, NOON)
    assert not conversations.finished(received.seq)
    conversations.answer(received.seq, Turn(()))
    assert conversations.finished(received.seq)
    assert conversations.next("a") is None
    assert conversations.waiting() == []


def test_the_same_client_id_again_changes_nothing(conversations: Conversations) -> None:
    first = conversations.receive("a", "m1", "hello", "/greet")
    again = conversations.receive("a", "m1", "hello", "/greet")
    assert (again.seq, again.new, again.same) == (first.seq, False, True)
    other = conversations.receive("a", "m1", "good-bye")
    assert (other.seq, other.new, other.same) == (first.seq, False, False)
    assert [line.message.text for line in conversations.history("a") if line.message] == ["hello"]


def test_a_client_id_belongs_to_its_conversation(conversations: Conversations) -> None:
    assert conversations.receive("a", "m1", "hello").new
    assert conversations.receive("b", "m1", "hello").new


def test_the_same_message_many_times_at_once_is_one(conversations: Conversations) -> None:
    with ThreadPoolExecutor(8) as pool:
        received = list(pool.map(lambda _: conversations.receive("a", "m1", "pay 10"), range(8)))
    assert len({one.seq for one in received}) == 1
    assert sum(one.new for one in received) == 1


def test_messages_at_once_get_places_of_their_own(conversations: Conversations) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: conversations.receive("a", f"m{number}", "hi"), range(20)))
    lines = conversations.history("a")
    assert [line.position for line in lines] == list(range(1, 21))
    order = [line.message.seq for line in lines if line.message]
    assert order == sorted(order)


def test_messages_are_answered_in_order_the_oldest_conversation_first(conversations: Conversations) -> None:
    b1 = conversations.receive("b", "1", "first of b").seq
    a1 = conversations.receive("a", "1", "first of a").seq
    b2 = conversations.receive("b", "2", "second of b").seq
    assert conversations.waiting() == ["b", "a"]
    assert conversations.next("b").seq == b1  # type: ignore[union-attr]
    conversations.answer(b1, Turn(()))
    assert conversations.waiting() == ["a", "b"]
    assert conversations.next("b").seq == b2  # type: ignore[union-attr]
    assert conversations.next("a").seq == a1  # type: ignore[union-attr]


def test_what_is_unfinished_of_a_conversation(conversations: Conversations) -> None:
    first, second, third = (conversations.receive("a", name, "hi", at=NOON).seq for name in "123")
    conversations.receive("b", "1", "hi")
    conversations.answer(second, Turn(()))
    assert [(one.seq, one.at) for one in conversations.unfinished("a")] == [(first, NOON), (third, NOON)]


def test_a_message_is_found_by_what_its_sender_calls_it(conversations: Conversations) -> None:
    seq = conversations.receive("a", "m1", "hello").seq
    assert conversations.find("a", "m1").seq == seq  # type: ignore[union-attr]
    assert conversations.find("a", "m2") is None
    assert conversations.find("b", "m1") is None


@pytest.mark.parametrize(
    ("client_id", "text"),
    [("m", "a\0b"), ("m", "\ud800"), ("", "a"), ("m\0", "a"), ("x" * 201, "a"), ("\udfff", "a")],
    ids=ascii,
)
def test_what_not_every_database_can_keep_is_refused(
    conversations: Conversations, client_id: str, text: str
) -> None:
    with pytest.raises(ValueError, match="expected"):
        conversations.receive("a", client_id, text)
    with pytest.raises(ValueError, match="expected"):
        conversations.receive("a", client_id, "fine", payload=text)
    assert conversations.waiting() == []


@pytest.mark.parametrize(
    "text", ["", "  ", "日本語 👩‍👩‍👧 \u202e", "x" * 100_000, "'; DROP TABLE inbox; --"], ids=ascii
)
def test_any_other_text_is_kept_as_it_is(conversations: Conversations, text: str) -> None:
    conversations.receive("a", "m", text, payload=text)
    message = conversations.next("a")
    assert message is not None
    assert (message.text, message.payload) == (text, text)


def test_an_unknown_message(conversations: Conversations) -> None:
    for ask in (conversations.finished, conversations.answers, lambda seq: conversations.notice(seq, "wait")):
        with pytest.raises(UnknownMessage, match="found 77"):
            ask(77)
    with pytest.raises(UnknownMessage):
        conversations.answer(77, Turn(()))
