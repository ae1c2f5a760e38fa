"""Answers: committed with their message, once, and read in order by who resumes."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import UUID

import pytest
import sqlalchemy as sa

from lam.conversations import Button, Conversations, Turn, UnknownAnswer, Utterance, answer_id

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


def _turn(*texts: str, at: float = 1.5) -> Turn:
    said = tuple(Utterance(at + place, text) for place, text in enumerate(texts))
    return Turn(said, model_id="model-1", intent="greet", confidence=0.9, action="utter_greet")


def test_an_answer_keeps_all_that_it_is_made_of(conversations: Conversations) -> None:
    seq = conversations.receive("a", "m", "hello").seq
    said = Utterance(
        1700000000.123456, "Which?", (Button("Yes", '/affirm{"draft": "1"}'),), "https://example.org/i.png",
        {"list": [1, {"deep": "\0ü"}]}, action="action_ask",
    )  # fmt: skip
    (answer,) = conversations.answer(seq, Turn((said,), "model-1", "greet", 0.75, "action_turn"), at=NOON)
    assert (answer.text, answer.buttons, answer.image, answer.custom) == (
        said.text, said.buttons, said.image, said.custom,
    )  # fmt: skip
    assert (answer.action, answer.model_id, answer.intent, answer.confidence) == (
        "action_ask", "model-1", "greet", 0.75,
    )  # fmt: skip
    assert (answer.conversation, answer.message, answer.kind, answer.created_at) == ("a", seq, "answer", NOON)
    assert conversations.since("a", 0) == [answer] == conversations.answers(seq)


def test_ids_come_from_the_conversation_and_the_time() -> None:
    same = answer_id("a", 1.5, 0)
    assert same == answer_id("a", 1.5, 0)
    assert UUID(same).version == 5
    assert len({same, answer_id("b", 1.5, 0), answer_id("a", 1.6, 0), answer_id("a", 1.5, 1)}) == 4


def test_answering_again_gives_the_first_answers(conversations: Conversations) -> None:
    seq = conversations.receive("a", "m", "hello").seq
    first = conversations.answer(seq, _turn("one", "two"))
    assert conversations.answer(seq, _turn("one", "two")) == first
    assert conversations.answer(seq, _turn("another", at=9.0)) == first
    assert len(conversations.since("a", 0)) == 2


def test_many_who_answer_at_once_answer_once(conversations: Conversations) -> None:
    seq = conversations.receive("a", "m", "hello").seq
    with ThreadPoolExecutor(6) as pool:
        given = list(pool.map(lambda n: conversations.answer(seq, _turn("one", at=float(n))), range(6)))
    assert all(one == given[0] for one in given)
    assert len(conversations.since("a", 0)) == 1


def test_a_turn_that_fails_halfway_leaves_nothing(conversations: Conversations) -> None:
    conversations.answer(
        conversations.receive("a", "m1", "hello").seq, Turn((Utterance(1.5, "x"), Utterance(7.0, "old")))
    )
    second = conversations.receive("a", "m2", "hello").seq
    with pytest.raises(sa.exc.IntegrityError):
        # An engine that gives an old answer again is wrong: its second line is refused, and so is all.
        conversations.answer(second, Turn((Utterance(6.0, "new"), Utterance(7.0, "old"))))
    assert [one.text for one in conversations.since("a", 0)] == ["x", "old"]
    assert not conversations.finished(second)


def test_one_notice_a_message(conversations: Conversations) -> None:
    seq = conversations.receive("a", "m", "hello").seq
    with ThreadPoolExecutor(4) as pool:
        notices = list(pool.map(lambda _: conversations.notice(seq, "It takes longer."), range(4)))
    assert len({one.id for one in notices if one}) == 1
    assert notices[0] is not None
    assert notices[0].kind == "notice"
    assert not conversations.finished(seq)
    (answer,) = conversations.answer(seq, _turn("done"))
    assert conversations.notice(seq, "again") == notices[0]
    assert [one.text for one in conversations.since("a", 0)] == ["It takes longer.", "done"]
    assert conversations.answers(seq) == [answer]


def test_no_notice_after_the_answer(conversations: Conversations) -> None:
    seq = conversations.receive("a", "m", "hello").seq
    conversations.answer(seq, _turn("done"))
    assert conversations.notice(seq, "late") is None
    assert len(conversations.since("a", 0)) == 1


def test_who_resumes_gets_what_came_after(conversations: Conversations) -> None:
    for number in range(3):
        seq = conversations.receive("a", str(number), "hi").seq
        conversations.answer(seq, _turn(f"{number}", at=float(number)))
    everything = conversations.since("a", 0)
    assert [one.text for one in everything] == ["0", "1", "2"]
    assert conversations.since("a", everything[0].seq) == everything[1:]
    assert conversations.since("a", 0, limit=2) == everything[:2]
    assert conversations.since("a", everything[-1].seq) == []
    assert conversations.since("b", 0) == []


def test_who_resumes_all_the_time_misses_nothing(conversations: Conversations) -> None:
    """A global sequence fails here on PostgreSQL: a smaller number may be committed after a larger one."""
    seqs = [conversations.receive("a", str(number), "hi").seq for number in range(40)]
    seen, done = [], threading.Event()

    def read() -> None:
        after, last_round = 0, False
        while not last_round:
            last_round = done.is_set()
            for one in conversations.since("a", after, limit=3):
                seen.append(one.text)
                after = one.seq
            last_round = last_round and len(seen) >= len(seqs)

    reader = threading.Thread(target=read)
    reader.start()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda seq: conversations.answer(seq, _turn(str(seq), at=float(seq))), seqs))
    done.set()
    reader.join(timeout=30)
    assert sorted(map(int, seen)) == sorted(seqs)


def test_history_is_what_people_saw_in_order(conversations: Conversations) -> None:
    first = conversations.receive("a", "1", "hello").seq
    second = conversations.receive("a", "2", "are you there?").seq
    conversations.notice(first, "One moment.")
    conversations.answer(first, _turn("Hi!", "What can I do?"))
    conversations.answer(second, _turn("Yes.", at=9.0))
    lines = conversations.history("a")
    texts = [(line.message or line.answer).text for line in lines]  # type: ignore[union-attr]
    assert texts == ["hello", "are you there?", "One moment.", "Hi!", "What can I do?", "Yes."]
    assert [line.position for line in lines] == [1, 2, 3, 4, 5, 6]
    assert conversations.history("a", limit=2) == lines[-2:]
    assert conversations.history("b") == []


def test_only_buttons_of_this_conversation_were_offered(conversations: Conversations) -> None:
    seq = conversations.receive("a", "m", "transfer").seq
    payload = '/confirm_transfer{"draft": "1"}'
    conversations.answer(seq, Turn((Utterance(1.0, "Sure?", (Button("Yes", payload),)), Utterance(2.0, "!"))))
    assert conversations.offered("a", payload)
    assert not conversations.offered("a", payload + " ")
    assert not conversations.offered("a", "/confirm_transfer")
    assert not conversations.offered("b", payload)


def test_a_button_that_is_still_shown_was_offered_however_long_ago(conversations: Conversations) -> None:
    seq = conversations.receive("a", "m", "transfer").seq
    cards = {"cards": [{"buttons": [{"title": "Apply", "payload": "/apply"}]}, {"buttons": "none"}, 7]}
    conversations.answer(
        seq, Turn((Utterance(0.5, buttons=(Button("Yes", "/affirm"),)), Utterance(0.6, custom=cards)))
    )
    seq = conversations.receive("a", "n", "chat").seq
    conversations.answer(seq, _turn(*["line"] * 250))
    assert conversations.offered("a", "/affirm") == Button("Yes", "/affirm")
    assert conversations.offered("a", "/apply") == Button("Apply", "/apply")


def test_a_rating_is_made_from_an_exchange(conversations: Conversations) -> None:
    seq = conversations.receive("a", "m", "hello").seq
    notice = conversations.notice(seq, "wait")
    (answer,) = conversations.answer(seq, _turn("hi"))
    exchange = conversations.exchange("a", answer.id)
    assert (exchange.message.text, exchange.answer) == ("hello", answer)
    for conversation, foreign in (("b", answer.id), ("a", "x"), ("a", notice.id if notice else "")):
        with pytest.raises(UnknownAnswer, match="Expected the id of an answer of this conversation"):
            conversations.exchange(conversation, foreign)
