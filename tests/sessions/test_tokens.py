"""Session tokens and identity tokens: what is accepted, and all that isn't."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import jwt
import pytest

from lam.sessions import InvalidIdentity, InvalidSession, Sessions
from lam.settings import SettingError, Settings
from lam.storage import Database


def test_a_token_opens_its_conversation_only(sessions: Sessions) -> None:
    first, second = sessions.start("web"), sessions.start("web")
    assert sessions.conversation_of(sessions.token(first)) == first
    assert sessions.conversation_of(sessions.token(second)) == second


def test_a_token_ends_after_thirty_days(sessions: Sessions, clock: Any) -> None:
    token = sessions.token(sessions.start("web"))
    clock.forward(days=29)
    sessions.conversation_of(token)
    clock.forward(days=1)
    with pytest.raises(InvalidSession, match="expired"):
        sessions.conversation_of(token)


def test_a_token_of_an_unknown_or_ended_conversation_opens_nothing(sessions: Sessions) -> None:
    with pytest.raises(InvalidSession, match="unknown or has ended"):
        sessions.conversation_of(sessions.token("never-started"))
    old = sessions.start("web")
    sessions.bind(old, "10000001")
    sessions.bind(old, "10000002")
    with pytest.raises(InvalidSession, match="unknown or has ended"):
        sessions.conversation_of(sessions.token(old))


def _signed_in_by_code(sessions: Sessions, post: Any, conversation: str, message: str | None = None) -> str:
    sessions.challenge(conversation, "10000001")
    return sessions.redeem(conversation, post.code, message).conversation


def test_a_token_of_before_a_sign_in_does_not_open_what_follows(sessions: Sessions, post: Any) -> None:
    conversation = sessions.start("web")
    copied = sessions.token(conversation)
    assert _signed_in_by_code(sessions, post, conversation) == conversation
    with pytest.raises(InvalidSession, match="signed in or out"):
        sessions.conversation_of(copied)
    assert sessions.conversation_of(sessions.token(conversation)) == conversation


def test_a_token_ends_with_the_sign_out(sessions: Sessions, post: Any) -> None:
    conversation = _signed_in_by_code(sessions, post, sessions.start("web"))
    token = sessions.token(conversation)
    sessions.sign_out(conversation)
    with pytest.raises(InvalidSession):
        sessions.conversation_of(token)
    _signed_in_by_code(sessions, post, conversation)
    with pytest.raises(InvalidSession):
        sessions.conversation_of(token)


@pytest.mark.parametrize("a_message_comes", [False, True])
def test_a_token_ends_when_the_customer_is_idle_too_long(
    sessions: Sessions, clock: Any, a_message_comes: bool
) -> None:
    anonymous = sessions.token(sessions.start("web"))
    conversation = sessions.start("web")
    sessions.bind(conversation, "10000001")
    token = sessions.token(conversation)
    clock.forward(minutes=15)
    sessions.conversation_of(token)
    clock.forward(seconds=1)
    if a_message_comes:
        sessions.touch(conversation)
    with pytest.raises(InvalidSession):
        sessions.conversation_of(token)
    sessions.conversation_of(anonymous)


def test_who_signed_in_gets_the_new_token_again_and_nobody_else_does(sessions: Sessions, post: Any) -> None:
    conversation = sessions.start("web")
    old = sessions.token(conversation)
    _signed_in_by_code(sessions, post, conversation, "m1")
    for _ in range(2):
        new = sessions.renewed(old, post.code, "m1")
        assert new is not None and sessions.conversation_of(new.token) == conversation
    assert sessions.renewed(old, post.wrong, "m1") is None
    assert sessions.renewed(old, post.code, "m2") is None
    assert sessions.renewed(new.token, post.code, "m1") is None
    assert sessions.renewed(sessions.token(sessions.start("web")), post.code, "m1") is None
    assert sessions.renewed("nonsense", post.code, "m1") is None
    sessions.sign_out(conversation)
    assert sessions.renewed(old, post.code, "m1") is None


def test_another_customer_s_sign_in_renews_the_token_for_their_conversation(
    sessions: Sessions, post: Any
) -> None:
    conversation = sessions.start("web")
    sessions.bind(conversation, "10000002")
    old = sessions.token(conversation)
    moved = _signed_in_by_code(sessions, post, conversation, "m1")
    new = sessions.renewed(old, post.code, "m1")
    assert new is not None and sessions.conversation_of(new.token) == moved != conversation
    assert (new.conversation, new.before) == (moved, conversation)
    sessions.bind(conversation, "10000003")
    assert sessions.renewed(old, post.code, "m1") is None


def test_without_a_key_nothing_is_signed(conversations_database: Database) -> None:
    with pytest.raises(SettingError, match="LAM_SESSION_KEY"):
        Sessions(conversations_database, Settings()).token("a")


def _claims(settings: Settings, **changes: object) -> dict[str, Any]:
    now = settings.present()
    claims = {"sub": "10000001", "iat": now, "exp": now + timedelta(minutes=5), "jti": "once", **changes}
    return {name: value for name, value in claims.items() if value is not None}


def _identity(settings: Settings, **changes: object) -> str:
    return jwt.encode(_claims(settings, **changes), settings.embed_key.reveal(), algorithm="HS256")


@pytest.mark.parametrize(
    "how", ["other key", "other algorithm", "unsigned", "identity token", "nonsense", "empty"]
)
def test_a_forged_session_token_is_refused(sessions: Sessions, settings: Settings, how: str) -> None:
    claims = {**_claims(settings), "sub": sessions.start("web"), "aud": "lam.session"}
    token = {
        "other key": lambda: jwt.encode(claims, "o" * 40, algorithm="HS256"),
        "other algorithm": lambda: jwt.encode(claims, settings.session_key.reveal() * 2, algorithm="HS512"),
        "unsigned": lambda: jwt.encode(claims, None, algorithm="none"),
        "identity token": lambda: _identity(settings),
        "nonsense": lambda: "a.b.c\0\ud800",
        "empty": lambda: "",
    }[how]()
    with pytest.raises(InvalidSession):
        sessions.conversation_of(token)


def _customer(sessions: Sessions, token: str) -> str:
    customer = sessions.customer(sessions.conversation_of(token))
    return customer.number if customer else "nobody"


def test_an_identity_token_names_the_customer_once(sessions: Sessions, settings: Settings) -> None:
    token = _identity(settings)
    assert _customer(sessions, sessions.identify(token)) == "10000001"
    with pytest.raises(InvalidIdentity, match="used before"):
        sessions.identify(token)
    assert _customer(sessions, sessions.identify(_identity(settings, jti="twice"))) == "10000001"


def test_an_identity_token_signs_in_to_the_session_that_the_page_has(
    sessions: Sessions, settings: Settings
) -> None:
    conversation = sessions.start("web")
    old = sessions.token(conversation)
    new = sessions.identify(_identity(settings), old)
    assert sessions.conversation_of(new) == conversation
    with pytest.raises(InvalidSession):
        sessions.conversation_of(old)
    fresh = sessions.identify(_identity(settings, jti="twice"), "nonsense")
    assert sessions.conversation_of(fresh) != conversation


@pytest.mark.parametrize("before", [None, "10000002"])
def test_an_identity_token_whose_answer_was_lost_may_come_again(
    sessions: Sessions, settings: Settings, before: str | None
) -> None:
    conversation = sessions.start("web")
    if before:
        sessions.bind(conversation, before)
    old, identity = sessions.token(conversation), _identity(settings)
    new = sessions.identify(identity, old)
    assert sessions.conversation_of(sessions.identify(identity, old)) == sessions.conversation_of(new)
    with pytest.raises(InvalidIdentity, match="used before"):
        sessions.identify(identity, sessions.token(sessions.start("web")))
    sessions.sign_out(sessions.conversation_of(new))
    if before is None:
        with pytest.raises(InvalidIdentity, match="used before"):
            sessions.identify(identity, old)
    with pytest.raises(InvalidSession):
        sessions.conversation_of(new)


def test_of_many_at_once_one_is_accepted(sessions: Sessions, settings: Settings) -> None:
    token = _identity(settings)

    def accepted(_: int) -> bool:
        try:
            return bool(sessions.identify(token))
        except InvalidIdentity:
            return False

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(accepted, range(6))) == 1


def test_a_used_token_stays_used_until_it_has_expired(
    sessions: Sessions, settings: Settings, clock: Any
) -> None:
    token = _identity(settings)
    sessions.identify(token)
    clock.forward(minutes=4, seconds=59)
    sessions.identify(_identity(settings, jti="another"))
    with pytest.raises(InvalidIdentity, match="used before"):
        sessions.identify(token)
    clock.forward(seconds=1)
    with pytest.raises(InvalidIdentity, match="isn't valid now"):
        sessions.identify(token)


@pytest.mark.parametrize(
    "changes",
    [{name: None} for name in ("sub", "iat", "exp", "jti")]
    + [{"sub": 10000001}, {"sub": ""}, {"sub": "x" * 65}, {"sub": "1\n2"}, {"jti": 7}, {"jti": "x" * 201}]
    + [{"exp": "soon"}, {"exp": True}, {"exp": float("nan")}, {"exp": float("inf")}, {"iat": float("-inf")}]
    + [{"aud": "lam.session"}],
    ids=str,
)
def test_identity_tokens_that_are_refused(
    sessions: Sessions, settings: Settings, changes: dict[str, object]
) -> None:
    claims = _claims(settings, **changes)
    for name in ("iat", "exp"):
        if hasattr(claims.get(name), "timestamp"):
            claims[name] = int(claims[name].timestamp())
    # Not jwt.encode: it refuses some of these.
    token = jwt.api_jws.encode(json.dumps(claims).encode(), settings.embed_key.reveal(), algorithm="HS256")
    with pytest.raises(InvalidIdentity):
        sessions.identify(token)


@pytest.mark.parametrize(
    ("issued", "expires"), [(0, 301), (-600, -300), (-300, 0), (60, 120), (-1, 300)], ids=str
)
def test_identity_tokens_live_five_minutes_at_most(
    sessions: Sessions, settings: Settings, issued: int, expires: int
) -> None:
    now = settings.present()
    token = _identity(settings, iat=now + timedelta(seconds=issued), exp=now + timedelta(seconds=expires))
    with pytest.raises(InvalidIdentity, match=r"valid now|5 minutes"):
        sessions.identify(token)


@pytest.mark.parametrize("algorithm", ["HS512", "none"])
def test_other_algorithms_are_refused(sessions: Sessions, settings: Settings, algorithm: str) -> None:
    key = None if algorithm == "none" else settings.embed_key.reveal() * 2
    with pytest.raises(InvalidIdentity):
        sessions.identify(jwt.encode(_claims(settings), key, algorithm=algorithm))


def test_without_a_key_no_identity_is_accepted(conversations_database: Database, settings: Settings) -> None:
    unkeyed = Sessions(conversations_database, Settings(now=settings.now))
    with pytest.raises(InvalidIdentity, match="LAM_EMBED_KEY"):
        unkeyed.identify(_identity(settings))
