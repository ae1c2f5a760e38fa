"""One-time codes: single use, five attempts, an end; nothing to learn for who guesses."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from lam.sessions import Outcome, Sessions
from lam.sessions.tables import challenge
from lam.settings import Settings
from lam.storage import Database

ANNA, BEN, NOBODY = "10000001", "10000002", "99999999"


@pytest.fixture
def conversation(sessions: Sessions) -> str:
    return sessions.start("web")


def test_the_right_code_signs_in(sessions: Sessions, post: Any, conversation: str) -> None:
    assert not sessions.pending(conversation)
    assert sessions.challenge(conversation, ANNA).sent
    assert sessions.pending(conversation)
    assert sessions.last_outcome(conversation) is None
    redeemed = sessions.redeem(conversation, f" {post.code[:3]} {post.code[3:]}.")
    assert (redeemed.outcome, redeemed.conversation) == (Outcome.accepted, conversation)
    assert sessions.customer(conversation).number == ANNA  # type: ignore[union-attr]
    assert sessions.fresh(conversation)
    assert not sessions.pending(conversation)
    assert sessions.last_outcome(conversation) is Outcome.accepted


def test_a_code_works_once(sessions: Sessions, post: Any, conversation: str) -> None:
    sessions.challenge(conversation, ANNA)
    sessions.redeem(conversation, post.code)
    sessions.sign_out(conversation)
    assert sessions.redeem(conversation, post.code).outcome is Outcome.none
    assert sessions.customer(conversation) is None


def test_five_attempts(sessions: Sessions, post: Any, conversation: str) -> None:
    sessions.challenge(conversation, ANNA)
    outcomes = [sessions.redeem(conversation, post.wrong).outcome for _ in range(5)]
    assert outcomes == [Outcome.wrong] * 4 + [Outcome.exhausted]
    assert not sessions.pending(conversation)
    assert sessions.redeem(conversation, post.code).outcome is Outcome.none
    assert sessions.last_outcome(conversation) is Outcome.exhausted


def test_the_fifth_attempt_may_be_right(sessions: Sessions, post: Any, conversation: str) -> None:
    sessions.challenge(conversation, ANNA)
    for _ in range(4):
        sessions.redeem(conversation, post.wrong)
    assert sessions.pending(conversation)
    assert sessions.redeem(conversation, post.code).outcome is Outcome.accepted


@pytest.mark.parametrize("code", ["", "12345", "1234567", "\ud800", "١٢٣٤٥٦", "x" * 10_000])
def test_what_is_no_code_is_wrong(sessions: Sessions, conversation: str, code: str) -> None:
    sessions.challenge(conversation, ANNA)
    assert sessions.redeem(conversation, code).outcome is Outcome.wrong


def test_an_expired_code_is_called_so_once(
    sessions: Sessions, post: Any, clock: Any, conversation: str
) -> None:
    sessions.challenge(conversation, ANNA)
    clock.forward(minutes=5)
    assert sessions.pending(conversation)
    assert sessions.redeem(conversation, post.code).outcome is Outcome.expired
    assert not sessions.pending(conversation)
    assert sessions.redeem(conversation, post.code).outcome is Outcome.none
    assert sessions.customer(conversation) is None


def test_a_code_in_the_same_message_counts_once(sessions: Sessions, post: Any, conversation: str) -> None:
    sessions.challenge(conversation, ANNA)
    for _ in range(6):
        assert sessions.redeem(conversation, post.wrong, "m1").outcome is Outcome.wrong
    # Nor does it count for a code that was asked for since.
    sessions.challenge(conversation, ANNA)
    assert sessions.redeem(conversation, post.code, "m1").outcome is Outcome.wrong
    assert sessions.last_outcome(conversation) is None
    first = sessions.redeem(conversation, post.code, "m2")
    assert first.outcome is Outcome.accepted
    assert sessions.redeem(conversation, post.code, "m2") == first


def test_the_same_message_again_tells_who_took_over(sessions: Sessions, post: Any, conversation: str) -> None:
    sessions.bind(conversation, ANNA)
    sessions.challenge(conversation, BEN)
    first = sessions.redeem(conversation, post.code, "m1")
    assert first.conversation != conversation
    assert sessions.redeem(conversation, post.code, "m1") == first


def test_a_challenge_that_was_called_off_awaits_nothing(
    sessions: Sessions, post: Any, conversation: str
) -> None:
    sessions.challenge(conversation, ANNA)
    sessions.redeem(conversation, post.wrong)
    sessions.end_challenge(conversation)
    assert not sessions.pending(conversation)
    assert sessions.redeem(conversation, post.code).outcome is Outcome.none
    assert sessions.last_outcome(conversation) is Outcome.none
    sessions.challenge(conversation, ANNA)
    assert sessions.pending(conversation)


def test_signing_out_calls_a_challenge_off(sessions: Sessions, conversation: str) -> None:
    sessions.bind(conversation, ANNA)
    sessions.challenge(conversation, ANNA)
    sessions.sign_out(conversation)
    assert not sessions.pending(conversation)


def test_long_after_it_expired_no_code_is_awaited(sessions: Sessions, clock: Any, conversation: str) -> None:
    sessions.challenge(conversation, ANNA)
    clock.forward(minutes=10)
    assert not sessions.pending(conversation)


def test_a_newer_code_replaces_the_older(sessions: Sessions, post: Any, conversation: str) -> None:
    sessions.challenge(conversation, ANNA)
    older = post.code
    sessions.challenge(conversation, ANNA)
    if post.code != older:
        assert sessions.redeem(conversation, older).outcome is Outcome.wrong
    assert sessions.redeem(conversation, post.code).outcome is Outcome.accepted


def test_a_code_is_good_in_its_conversation_only(sessions: Sessions, post: Any, conversation: str) -> None:
    sessions.challenge(conversation, ANNA)
    other = sessions.start("web")
    assert sessions.redeem(other, post.code).outcome is Outcome.none
    assert sessions.customer(other) is None


def test_an_unknown_customer_looks_like_a_known_one(sessions: Sessions, post: Any, conversation: str) -> None:
    other = sessions.start("web")
    known, unknown = sessions.challenge(other, ANNA), sessions.challenge(conversation, NOBODY)
    assert known == unknown
    assert [customer for customer, _ in post.codes] == [ANNA]
    assert sessions.pending(conversation)
    outcomes = [sessions.redeem(conversation, post.wrong).outcome for _ in range(5)]
    assert outcomes == [Outcome.wrong] * 4 + [Outcome.exhausted]


def test_no_luck_signs_in_a_customer_who_does_not_exist(
    sessions: Sessions, conversation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("secrets.randbelow", lambda _: 7)
    sessions.challenge(conversation, NOBODY)
    assert sessions.redeem(conversation, "000007").outcome is Outcome.wrong
    assert sessions.customer(conversation) is None


def test_somebody_else_moves_to_a_new_conversation(sessions: Sessions, post: Any, conversation: str) -> None:
    sessions.challenge(conversation, BEN)
    older = post.code
    sessions.bind(conversation, ANNA)
    sessions.challenge(conversation, BEN)
    redeemed = sessions.redeem(conversation, post.code)
    assert redeemed.outcome is Outcome.accepted
    assert redeemed.conversation != conversation
    assert sessions.customer(redeemed.conversation).number == BEN  # type: ignore[union-attr]
    assert sessions.last_outcome(redeemed.conversation) is Outcome.accepted
    assert sessions.customer(conversation) is None
    # The older code doesn't revive in the conversation that ended.
    assert not sessions.pending(conversation)
    assert sessions.redeem(conversation, older).outcome is Outcome.none


@pytest.mark.parametrize("customer", [ANNA, NOBODY])
def test_five_codes_an_hour_for_a_conversation(
    sessions: Sessions, clock: Any, conversation: str, customer: str
) -> None:
    sent = [sessions.challenge(conversation, customer).sent for _ in range(6)]
    assert sent == [True] * 5 + [False]
    assert not sessions.challenge(conversation, BEN).sent
    clock.forward(hours=1)
    assert sessions.challenge(conversation, customer).sent


@pytest.mark.parametrize("customer", [ANNA, NOBODY])
def test_five_codes_an_hour_for_a_customer(sessions: Sessions, customer: str) -> None:
    sent = [sessions.challenge(sessions.start("web"), customer).sent for _ in range(6)]
    assert sent == [True] * 5 + [False]


def test_codes_that_were_used_do_not_count(sessions: Sessions, post: Any, conversation: str) -> None:
    for _ in range(7):
        assert sessions.challenge(conversation, ANNA).sent
        assert sessions.redeem(conversation, post.code).outcome is Outcome.accepted


def test_one_customer_cannot_be_asked_for_more_from_many_conversations_at_once(
    sessions: Sessions, post: Any
) -> None:
    conversations = [sessions.start("web") for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        sent = list(pool.map(lambda one: sessions.challenge(one, ANNA).sent, conversations))
    assert sum(sent) == 5 == len(post.codes)


def test_attempts_at_once_are_counted(sessions: Sessions, post: Any, conversation: str) -> None:
    sessions.challenge(conversation, ANNA)
    with ThreadPoolExecutor(8) as pool:
        outcomes = Counter(pool.map(lambda _: sessions.redeem(conversation, post.wrong).outcome, range(8)))
    assert outcomes == {Outcome.wrong: 4, Outcome.exhausted: 1, Outcome.none: 3}


def test_of_many_at_once_one_is_accepted(sessions: Sessions, post: Any, conversation: str) -> None:
    sessions.challenge(conversation, ANNA)
    with ThreadPoolExecutor(8) as pool:
        outcomes = Counter(pool.map(lambda _: sessions.redeem(conversation, post.code).outcome, range(8)))
    assert outcomes == {Outcome.accepted: 1, Outcome.none: 7}


def test_the_database_holds_salted_hashes(
    sessions: Sessions, conversation: str, conversations_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("secrets.randbelow", lambda _: 7)
    sessions.challenge(conversation, ANNA)
    sessions.challenge(conversation, ANNA)
    with conversations_database.read() as connection:
        first, second = connection.execute(sa.select(challenge)).all()
    assert first.digest != second.digest
    assert "000007" not in (first.digest, second.digest)


def test_without_a_sender_no_code_is_made(conversations_database: Database, settings: Settings) -> None:
    with pytest.raises(RuntimeError, match="Expected a sender"):
        Sessions(conversations_database, settings).challenge("a", ANNA)
