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


def test_an_identity_token_names_the_customer_once(sessions: Sessions, settings: Settings) -> None:
    token = _identity(settings)
    assert sessions.identify(token) == "10000001"
    with pytest.raises(InvalidIdentity, match="used before"):
        sessions.identify(token)
    assert sessions.identify(_identity(settings, jti="twice")) == "10000001"


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
