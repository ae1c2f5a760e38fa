"""REST for programs."""

from typing import Any

from lam.sessions import Sessions

from .conftest import Codes
from .fake_engine import FakeEngine
from .running import Client

KEY = {"Authorization": "Bearer rest-key"}


async def post(client: Client, **body: Any) -> tuple[int, Any]:
    return (await client.call("POST", "/rest/v1/messages", json=body, headers=KEY))[:2]


async def test_a_program_gets_its_answers_at_once(client: Client, engine: FakeEngine) -> None:
    status, body = await post(client, sender="robot", text="menu", id="1")
    assert (status, body["complete"], body["id"]) == (200, True, "1")
    assert body["answers"][0]["text"] == "echo: menu"
    assert engine.seen[0]["conversation"] == "rest:robot"
    assert await post(client, sender="robot", text="menu", id="1") == (status, body)
    assert (await post(client, sender="robot", text="other", id="1"))[0] == 409
    assert (await post(client, sender="robot", payload="/balance"))[1]["answers"][0][
        "text"
    ] == "echo: /balance"
    assert (await post(client, sender="other", payload="/balance"))[0] == 409


async def test_a_slow_answer_is_fetched_later(client: Client, engine: FakeEngine) -> None:
    engine.delay = 0.6
    status, body = await post(client, sender="slow+one", text="hello", id="a")
    assert (status, body["complete"], body["answers"], body["notice"]) == (202, False, [], "still working")
    while status == 202:
        status, body, _ = await client.call("GET", body["next"], headers=KEY)
    assert (status, body["complete"], body["answers"][0]["text"]) == (200, True, "echo: hello")


async def test_bad_requests_are_refused(client: Client) -> None:
    for body in (
        {"text": "no sender"},
        {"sender": "", "text": "a"},
        {"sender": "x" * 101, "text": "a"},
        {"sender": "a b", "text": "a"},
        {"sender": "\ud800", "text": "a"},
        {"sender": "a\0", "text": "a"},
        {"sender": 5, "text": "a"},
        {"sender": "a", "text": ""},
        {"sender": "a", "text": "a", "id": "a/b"},
        {"sender": "a", "text": "a", "metadata": {}},
    ):
        status, answer = await post(client, **body)
        assert status == 400 and answer["error"]["message"], body
    for path in ("/rest/v1/messages/x?sender=nobody", "/rest/v1/messages/none?sender=robot"):
        assert (await client.call("GET", path, headers=KEY))[0] == 404


async def test_names_of_programs_are_a_space_of_their_own(client: Client) -> None:
    await client.say("hello")
    await client.answers(1)
    await post(client, sender=client.conversation, text="whose is this?")
    assert len(await client.lines()) == 2


async def test_a_program_signs_in_with_a_code(client: Client, sessions: Sessions, codes: Codes) -> None:
    await post(client, sender="robot", text="hello")
    sessions.bind("rest:robot", "10000001")
    sessions.challenge("rest:robot", "10000002")
    status, body = await post(client, sender="robot", text=codes.sent[0][1], id="code")
    assert (status, body["answers"][0]["text"]) == (200, "echo: /sign_in")
    moved = sessions.start("rest", "rest:robot")
    assert moved != "rest:robot"
    assert sessions.customer(moved).number == "10000002"
    path = "/rest/v1/messages/code?sender=robot"
    assert (await client.call("GET", path, headers=KEY))[1]["answers"] == body["answers"]
