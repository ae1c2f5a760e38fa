"""Conversations and the customers signed in to them."""

from typing import Any

import pytest

from lam.sessions import Sessions

ANNA, BEN = "10000001", "10000002"


def test_a_conversation_is_minted(sessions: Sessions) -> None:
    first, second = sessions.start("web"), sessions.start("web")
    assert first != second
    assert len(first) == 32


def test_a_named_conversation_keeps_its_name_and_its_customer(sessions: Sessions) -> None:
    name = sessions.start("rest", "rest:bob")
    sessions.bind(name, ANNA)
    assert sessions.start("rest", "rest:bob") == name == "rest:bob"
    assert sessions.customer(name).number == ANNA  # type: ignore[union-attr]


@pytest.mark.parametrize("name", ["", "a\0", "x" * 201])
def test_a_bad_name_is_refused(sessions: Sessions, name: str) -> None:
    with pytest.raises(ValueError, match="printable characters"):
        sessions.start("rest", name)


def test_nobody_is_signed_in_at_first(sessions: Sessions) -> None:
    conversation = sessions.start("web")
    assert sessions.customer(conversation) is None
    assert not sessions.fresh(conversation)
    assert sessions.customer("unknown") is None


def test_sign_in_and_out(sessions: Sessions) -> None:
    conversation = sessions.start("web")
    assert sessions.bind(conversation, ANNA) == conversation
    assert sessions.customer(conversation).number == ANNA  # type: ignore[union-attr]
    sessions.sign_out(conversation)
    assert sessions.customer(conversation) is None
    assert sessions.bind(conversation, ANNA) == conversation


@pytest.mark.parametrize("signed_out", [True, False])
def test_somebody_else_gets_a_new_conversation(sessions: Sessions, signed_out: bool) -> None:
    old = sessions.start("web")
    sessions.bind(old, ANNA)
    if signed_out:
        sessions.sign_out(old)
    new = sessions.bind(old, BEN)
    assert new != old
    assert sessions.customer(new).number == BEN  # type: ignore[union-attr]
    assert sessions.customer(old) is None


def test_a_conversation_that_ended_stays_so(sessions: Sessions) -> None:
    old = sessions.start("web")
    sessions.bind(old, ANNA)
    second = sessions.bind(old, BEN)
    third = sessions.bind(old, ANNA)
    assert len({old, second, third}) == 3
    assert sessions.customer(old) is None
    assert sessions.customer(second).number == BEN  # type: ignore[union-attr]


def test_a_program_follows_its_name_to_the_new_conversation(sessions: Sessions) -> None:
    sessions.bind(sessions.start("rest", "rest:bob"), ANNA)
    new = sessions.bind("rest:bob", BEN)
    assert sessions.start("rest", "rest:bob") == new


def test_a_shell_needs_no_start(sessions: Sessions) -> None:
    assert sessions.bind("shell-1", ANNA) == "shell-1"
    assert sessions.customer("shell-1") is not None


def test_idle_too_long_is_signed_out(sessions: Sessions, clock: Any) -> None:
    conversation = sessions.start("web")
    sessions.bind(conversation, ANNA)
    clock.forward(minutes=15)
    assert sessions.customer(conversation) is not None
    clock.forward(seconds=1)
    assert sessions.customer(conversation) is None


def test_a_message_keeps_awake_but_wakes_nobody_up(sessions: Sessions, clock: Any) -> None:
    conversation = sessions.start("web")
    sessions.bind(conversation, ANNA)
    for _ in range(3):
        clock.forward(minutes=10)
        sessions.touch(conversation)
        assert sessions.customer(conversation) is not None
    clock.forward(minutes=16)
    sessions.touch(conversation)
    assert sessions.customer(conversation) is None


def test_asking_who_it_is_keeps_nobody_awake(sessions: Sessions, clock: Any) -> None:
    conversation = sessions.start("web")
    sessions.bind(conversation, ANNA)
    clock.forward(minutes=14)
    sessions.customer(conversation)
    clock.forward(minutes=2)
    assert sessions.customer(conversation) is None


def test_freshness_ends_though_messages_come(sessions: Sessions, clock: Any) -> None:
    conversation = sessions.start("web")
    sessions.bind(conversation, ANNA)
    clock.forward(minutes=10)
    sessions.touch(conversation)
    assert sessions.fresh(conversation)
    clock.forward(seconds=1)
    assert not sessions.fresh(conversation)
    assert sessions.customer(conversation) is not None
    sessions.bind(conversation, ANNA)
    assert sessions.fresh(conversation)
