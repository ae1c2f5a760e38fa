"""Sessions over HTTP: whose conversation it is, one-time codes that are kept nowhere, signing out."""

import sqlite3
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import jwt
import pytest

from lam.edge.accept import MASK
from lam.edge.codes import code_in
from lam.sessions import Sessions
from lam.settings import Settings

from .conftest import Codes
from .fake_engine import FakeEngine
from .running import Client


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("123456", "123456"),
        (" 123 456\n", "123456"),
        ("123-456", "123456"),
        ("1 2 3 4 5 6", "123456"),
        ("１２３４５６", "123456"),
        ("my code is 123456, thanks", "123456"),
        ("it is 123 456.", "123456"),
        ("10000001", None),
        ("1000 0001", None),
        ("10 000 001", None),
        ("12345", None),
        ("no digits", None),
        ("send 50 to Anna", None),
    ],
)
def test_a_code_is_found_in_a_text(text: str, code: str | None) -> None:
    assert code_in(text) == code


async def test_a_token_opens_its_conversation_only(client: Client) -> None:
    await client.say("hello")
    await client.answers(1)
    other = await Client(client.http, client.address).open()
    assert other.conversation != client.conversation
    assert await other.lines() == []


async def test_a_session_is_found_again_by_its_token(client: Client) -> None:
    status, body, _ = await client.call("POST", "/api/session", json={})
    assert (status, body["conversation"], body["signed_in"]) == (200, client.conversation, False)


async def test_an_expired_token_is_refused(client: Client, settings: Settings) -> None:
    claims = jwt.decode(client.token, options={"verify_signature": False})
    past = datetime.now(UTC) - timedelta(days=1)
    client.token = jwt.encode({**claims, "exp": past}, settings.session_key.reveal(), "HS256")
    assert (await client.say("hello"))[0] == 401


async def test_a_code_signs_in_and_is_kept_nowhere(
    client: Client, engine: FakeEngine, sessions: Sessions, codes: Codes, settings: Settings
) -> None:
    sessions.challenge(client.conversation, "10000001")
    ((_, code),) = codes.sent
    async with client.events() as events:
        assert (await events.next("session"))["data"] == {"signed_in": False}
        status, body = await client.say(f"my code is {code[:3]} {code[3:]}")
        assert (status, body["text"], body["signed_in"]) == (202, MASK, True)
        assert (await events.next("session"))["data"] == {"signed_in": True}
    assert body["conversation"] == client.conversation
    client.token = body["token"]
    await client.answers(1)
    assert engine.seen[-1]["text"] == "/present_code"
    assert engine.seen[-1]["trusted"] is True
    assert (await client.lines())[0]["text"] == MASK
    customer = sessions.customer(client.conversation)
    assert customer is not None and customer.number == "10000001"
    for name in ("conversations", "learning"):
        dump = "\n".join(sqlite3.connect(settings.home / f"{name}.db").iterdump())
        assert code not in dump and code[:3] + " " + code[3:] not in dump


async def test_a_code_sent_twice_counts_once(client: Client, sessions: Sessions, codes: Codes) -> None:
    sessions.challenge(client.conversation, "10000001")
    code = codes.sent[0][1]
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    client_id = str(uuid4())
    answers = {(await client.say(wrong, client_id))[1]["seq"] for _ in range(6)}
    assert len(answers) == 1
    assert sessions.pending(client.conversation)
    client_id = str(uuid4())
    (status, first), (again, second) = await client.say(code, client_id), await client.say(code, client_id)
    assert status == again == 202 and first["seq"] == second["seq"]
    assert sessions.customer(client.conversation) is not None


async def test_a_token_of_before_the_sign_in_opens_nothing_after_it(
    client: Client, sessions: Sessions, codes: Codes
) -> None:
    copied = Client(client.http, client.address)
    copied.token = client.token
    sessions.challenge(client.conversation, "10000001")
    async with copied.events() as events:
        status, body = await client.say(codes.sent[0][1])
        assert status == 202
        seen = [(await events.next())["event"]]
        while seen[-1] != "conversation":
            seen.append((await events.next())["event"])
        assert "answer" not in seen
    for method, path in (("GET", "/api/history"), ("GET", "/api/events"), ("POST", "/api/session")):
        assert (await copied.call(method, path))[0] == 401
    assert (await copied.say("what's my balance?"))[0] == 401
    client.token = body["token"]
    assert (await client.lines())[0]["text"] == MASK


async def test_a_sign_in_whose_answer_was_lost_gets_its_token_by_the_same_message_only(
    client: Client, sessions: Sessions, codes: Codes, engine: FakeEngine
) -> None:
    sessions.challenge(client.conversation, "10000001")
    code, client_id = codes.sent[0][1], str(uuid4())
    _, lost = await client.say(code, client_id)
    assert (await client.say(code))[0] == 401
    assert (await client.say(f"{(int(code) + 1) % 1_000_000:06}", client_id))[0] == 401
    status, body = await client.say(code, client_id)
    assert (status, body["seq"], body["text"]) == (202, lost["seq"], MASK)
    old, client.token = client.token, body["token"]
    await client.answers(1)
    assert [one["text"] for one in engine.seen] == ["/present_code"]
    sessions.sign_out(client.conversation)
    client.token = old
    assert (await client.say(code, client_id))[0] == 401


async def test_guesses_at_the_code_of_a_lost_answer_are_counted(
    client: Client, sessions: Sessions, settings: Settings
) -> None:
    sessions.sign_out(client.conversation)
    client_id = str(uuid4())
    statuses = [(await client.say("123456", client_id))[0] for _ in range(settings.messages_per_minute + 1)]
    assert statuses == [401] * settings.messages_per_minute + [429]


@pytest.mark.parametrize("typed", [True, False])
async def test_nothing_is_shown_after_the_sign_out(client: Client, sessions: Sessions, typed: bool) -> None:
    await client.say("hello")
    await client.answers(1)
    sessions.bind(client.conversation, "10000001")
    if typed:  # the action does it, in another process
        sessions.sign_out(client.conversation)
    else:
        assert (await client.call("DELETE", "/api/session"))[0] == 204
    for path in ("/api/history", "/api/events"):
        assert (await client.call("GET", path))[0] == 401


async def test_digits_are_a_text_when_no_code_is_awaited(client: Client, engine: FakeEngine) -> None:
    await client.say("123456")
    await client.answers(1)
    assert (engine.seen[0]["text"], engine.seen[0]["trusted"]) == ("123456", False)


async def test_another_customer_gets_another_conversation(
    client: Client, sessions: Sessions, codes: Codes, engine: FakeEngine
) -> None:
    sessions.bind(client.conversation, "10000001")
    sessions.challenge(client.conversation, "10000002")
    old, code, client_id = client.conversation, codes.sent[0][1], str(uuid4())
    old_token = client.token
    async with client.events() as events:
        status, body = await client.say(code, client_id)
        assert status == 202 and body["conversation"] != old and body["signed_in"]
        await events.next("conversation")
    assert (await client.say("hello?"))[0] == 401
    client.token, client.conversation = body["token"], body["conversation"]
    await client.answers(1)
    assert engine.seen[-1]["conversation"] == client.conversation
    assert await client.say(code, client_id) == (202, {"seq": body["seq"], "text": MASK})
    client.token = old_token
    status, again = await client.say(code, client_id)
    assert (status, again["conversation"], again["text"]) == (202, client.conversation, MASK)
    client.token = again["token"]
    # Nothing awaits a code there; the answer says who is signed in.
    assert engine.seen[-1]["text"] == "/sign_in"
    assert [line["from"] for line in await client.lines()] == ["user", "bot"]


async def test_an_identity_token_signs_in_once(
    client: Client, sessions: Sessions, settings: Settings
) -> None:
    now = datetime.now(UTC)
    claims = {"sub": "10000007", "iat": now, "exp": now + timedelta(minutes=2), "jti": str(uuid4())}
    identity = jwt.encode(claims, settings.embed_key.reveal(), "HS256")
    status, body, _ = await client.call("POST", "/api/session", json={"identity": identity})
    assert (status, body["conversation"], body["signed_in"]) == (200, client.conversation, True)
    status, body, _ = await client.call("POST", "/api/session", json={"identity": identity}, headers={})
    assert (status, body["error"]["code"]) == (401, "bad_identity")
    # Its answer was lost: with the token of before it may come again.
    status, again, _ = await client.call("POST", "/api/session", json={"identity": identity})
    assert (status, again["conversation"], again["signed_in"]) == (201, client.conversation, True)
    client.token = again["token"]
    assert (await client.say("hello"))[0] == 202


async def test_an_identity_token_signs_in_though_the_session_has_ended(
    client: Client, sessions: Sessions, settings: Settings
) -> None:
    sessions.sign_out(client.conversation)
    now = datetime.now(UTC)
    claims = {"sub": "10000007", "iat": now, "exp": now + timedelta(minutes=2), "jti": str(uuid4())}
    identity = jwt.encode(claims, settings.embed_key.reveal(), "HS256")
    status, body, _ = await client.call("POST", "/api/session", json={"identity": identity})
    assert (status, body["signed_in"]) == (201, True)
    assert body["conversation"] != client.conversation


async def test_signing_out(client: Client, sessions: Sessions) -> None:
    sessions.bind(client.conversation, "10000001")
    async with client.events() as events:
        assert (await events.next("session"))["data"] == {"signed_in": True}
        assert (await client.call("DELETE", "/api/session"))[0] == 204
        assert (await events.next("session"))["data"] == {"signed_in": False}
    assert sessions.customer(client.conversation) is None
