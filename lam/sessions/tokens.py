"""Signed tokens (JWT, HS256): one that opens a conversation, one by which a page says who its visitor is."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import jwt
from jwt.types import Options

from lam.sessions.types import InvalidIdentity, InvalidSession
from lam.settings import Secret, SettingError

_LIFE = timedelta(days=30)
_IDENTITY_LIFE = timedelta(minutes=5)
_SKEW = timedelta(seconds=30)
# Keeps the two kinds apart even where somebody signs both with one key.
_AUDIENCE = "lam.session"
# The time is compared here: PyJWT knows the clock, but not `settings.present()`.
_OPTIONS: Options = {"verify_exp": False, "verify_iat": False, "verify_nbf": False}


class Opening(NamedTuple):
    """What a session token opens: a conversation, as long as its epoch lasts (see `lam.sessions.epochs`)."""

    conversation: str
    epoch: int


@dataclass(frozen=True)
class Identity:
    """What an identity token says, verified but for its single use."""

    customer: str
    jti: str
    expires_at: datetime


def sign(opening: Opening, key: Secret, now: datetime) -> str:
    """Sign a token that opens a conversation.

    Raises:
        SettingError: there is no key.
    """
    claims = {
        "sub": opening.conversation, "epoch": opening.epoch,
        "iat": now, "exp": now + _LIFE, "aud": _AUDIENCE,
    }  # fmt: skip
    return jwt.encode(claims, _given(key), algorithm="HS256")


def opened_by(token: str, key: Secret, now: datetime) -> Opening:
    """Return what a token opens, if its epoch lasts.

    Raises:
        InvalidSession: the token is forged or expired.
        SettingError: there is no key.
    """
    try:
        claims = jwt.decode(
            token, _given(key), algorithms=["HS256"], audience=_AUDIENCE,
            options={**_OPTIONS, "require": ["sub", "exp", "epoch"]},
        )  # fmt: skip
        expires_at = _moment(claims, "exp")
    except (jwt.InvalidTokenError, ValueError) as error:
        raise InvalidSession("The session token isn't one of ours: start a new session.") from error
    if expires_at <= now:
        raise InvalidSession("The session token has expired: start a new session.")
    return Opening(str(claims["sub"]), int(claims["epoch"]))


def identity_in(token: str, key: Secret, now: datetime) -> Identity:
    """Verify an identity token, all but its single use.

    Raises:
        InvalidIdentity: it can't be accepted; the message says why.
    """
    if not key:
        raise InvalidIdentity("No identity token is accepted: LAM_EMBED_KEY isn't set.")
    try:
        claims = jwt.decode(
            token, key.reveal(), algorithms=["HS256"],
            options={**_OPTIONS, "require": ["sub", "iat", "exp", "jti"]},
        )  # fmt: skip
        issued_at, expires_at = _moment(claims, "iat"), _moment(claims, "exp")
        customer, jti = _name(claims, "sub", 64), _name(claims, "jti", 200)
    except (jwt.InvalidTokenError, ValueError) as error:
        raise InvalidIdentity(f"Identity token: {error}") from error
    if not issued_at - _SKEW <= now < expires_at:
        raise InvalidIdentity("Identity token: it isn't valid now. Make one for each sign-in.")
    if expires_at - issued_at > _IDENTITY_LIFE:
        raise InvalidIdentity("Identity token: expected an exp at most 5 minutes after iat.")
    return Identity(customer, jti, expires_at)


def _given(key: Secret) -> str:
    if not key:
        raise SettingError("LAM_SESSION_KEY: expected a key, found none. `lam up` makes one.")
    return key.reveal()


def _moment(claims: Mapping[str, Any], name: str) -> datetime:
    seconds = claims[name]
    # JSON as Python reads it knows NaN and Infinity; the bound is about the year 5000.
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds < 1e11:
        raise ValueError(f"expected {name} in seconds, found {seconds!r}")
    return datetime.fromtimestamp(math.floor(seconds), UTC)


def _name(claims: Mapping[str, Any], name: str, longest: int) -> str:
    value = claims[name]
    if not isinstance(value, str) or not 1 <= len(value) <= longest or not value.isprintable():
        raise ValueError(f"expected {name} as a string of 1 to {longest} printable characters")
    return value
