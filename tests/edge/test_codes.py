"""One-time codes: found however they are written, redeemed once, and never lost on the way."""

from pathlib import Path
from uuid import uuid4

import aiohttp
import pytest

from lam.edge.accept import MASK
from lam.edge.codes import code_in
from lam.sessions import Sessions
from lam.settings import Settings

from .conftest import Codes
from .fake_engine import FakeEngine
from .running import Client, running_edge, wait_until


@pytest.mark.parametrize(
    "text",
    [
        "code 12 34 56",
        "it's 1 2 3 4 5 6",
        "it\u2019s 123456",
        "code 1234 56",
        "code: 123,456",
        "code 123\u2013456",
        "the code is 12-34-56",
        "code 123 - 456",
        "code123456",
        "10000001 123456",
        "my number is 10000001 and the code 123 456",
        "\u0661\u0662\u0663\u0664\u0665\u0666",
        "my code is \u0661\u0662\u0663 \u0664\u0665\u0666!",
        "123.456",
        "(123) 456",
        "654321, sorry, 123456",
        "123456 it says on this tiny screen",
        "the code is 123456, I want to send 100 000 to Anna",
        "I need to log in, thanks so much: 123456",
        "what now? 123\u00a0456 did arrive",
    ],
)
def test_a_code_is_found_however_it_is_written(text: str) -> None:
    assert code_in(text) == "123456"


@pytest.mark.parametrize(
    "text",
    [
        "I'd like a loan of 150000 euros",
        "send 100 000 to Anna",
        "a 250.000 mortgage",
        "can I borrow 123456?",
        "€100000",
        "150000 EUR",
        "$123,456",
        "555 123 4567",
        "call me on 0170 1234567",
        "DE89 3704 0044 0532 0130 00",
        "what happened to T-000123?",
        "what was booked on 1.2.2026",
        "my sort code 12-34-56 changed",
        "10000001",
        "12345",
        "1234567",
    ],
)
def test_sums_and_longer_numbers_are_no_codes(text: str) -> None:
    assert code_in(text) is None


async def test_a_question_with_a_sum_is_asked_while_a_code_is_awaited(
    client: Client, engine: FakeEngine, sessions: Sessions
) -> None:
    sessions.challenge(client.conversation, "10000001")
    assert (await client.say("I'd like a loan of 150000 euros"))[0] == 202
    await client.answers(1)
    assert engine.seen[-1]["text"] == "I'd like a loan of 150000 euros"
    assert sessions.pending(client.conversation)


async def test_digits_are_a_text_again_when_the_sign_in_was_called_off(
    client: Client, engine: FakeEngine, sessions: Sessions
) -> None:
    sessions.challenge(client.conversation, "10000001")
    sessions.end_challenge(client.conversation)
    await client.say("123456")
    await client.answers(1)
    assert engine.seen[-1]["text"] == "123456"


async def test_a_code_whose_redemption_failed_is_redeemed_when_it_is_sent_again(
    client: Client,
    engine: FakeEngine,
    sessions: Sessions,
    codes: Codes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sessions.challenge(client.conversation, "10000001")
    code, client_id = codes.sent[0][1], str(uuid4())
    with monkeypatch.context() as broken:
        broken.setattr(Sessions, "redeem", _fail)
        assert (await client.say(code, client_id))[0] == 500
    status, body = await client.say(code, client_id)
    assert (status, body["text"]) == (202, MASK)
    assert sessions.customer(client.conversation) is not None
    await wait_until(lambda: bool(engine.seen))
    assert [one["text"] for one in engine.seen] == ["/present_code"]


async def test_a_code_sent_again_while_its_turn_is_under_way_counts_once(
    client: Client, engine: FakeEngine, sessions: Sessions, codes: Codes
) -> None:
    sessions.challenge(client.conversation, "10000001")
    wrong, client_id = f"{(int(codes.sent[0][1]) + 1) % 1_000_000:06}", str(uuid4())
    await engine.stop()
    for _ in range(6):
        assert (await client.say(wrong, client_id))[0] == 202
    assert sessions.pending(client.conversation)


async def test_a_code_of_before_a_restart_is_redeemed_when_it_is_sent_again(
    settings: Settings,
    domain: Path,
    webchat: Path,
    http: aiohttp.ClientSession,
    engine: FakeEngine,
    sessions: Sessions,
    codes: Codes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await engine.stop()
    async with running_edge(settings, domain, webchat) as address:
        client = await Client(http, address).open()
        sessions.challenge(client.conversation, "10000001")
        code, client_id = codes.sent[0][1], str(uuid4())
        with monkeypatch.context() as broken:
            broken.setattr(Sessions, "redeem", _fail)
            assert (await client.say(code, client_id))[0] == 500
    async with running_edge(settings, domain, webchat):
        assert (await client.say(code, client_id))[0] == 202
        assert sessions.customer(client.conversation) is not None


def _fail(*_: object) -> None:
    raise OSError("the database is away")
