"""Ratings over HTTP."""

from uuid import uuid4

from lam.feedback import Feedback
from lam.settings import Settings
from lam.storage import open_database

from .fake_engine import FakeEngine
from .running import Client


async def rated(client: Client, **body: object) -> tuple[int, dict]:
    return (await client.call("POST", "/api/ratings", json=body))[:2]


async def test_a_rating_is_kept_and_may_be_changed(client: Client, settings: Settings) -> None:
    await client.say("hello")
    (answer,) = await client.answers(1)
    assert (await client.lines())[1]["rating"] is None
    assert (await rated(client, answer=answer["id"], value="up"))[0] == 200
    assert (await rated(client, answer=answer["id"], value="down", reason=" not my question "))[0] == 200
    assert (await client.lines())[1]["rating"] == "down"
    (kept,) = Feedback(open_database(settings.url("learning"))).list()
    assert (kept.answer, kept.value, kept.reason) == (answer["id"], "down", "not my question")
    assert (kept.user_text, kept.intent, kept.confidence) == ("hello", "echo", 0.9)
    assert (kept.answer_text, kept.action, kept.model_id) == ("echo: hello", "utter_echo", "m1")


async def test_a_rating_of_cards_says_what_was_recommended(client: Client, settings: Settings) -> None:
    await client.say("only cards")
    (answer,) = await client.answers(1)
    assert (await rated(client, answer=answer["id"], value="up"))[0] == 200
    (kept,) = Feedback(open_database(settings.url("learning"))).list()
    assert kept.answer_text == "Linden Saver: 2.1 % a year, daily access.\nGreen Fund: For the long run."


async def test_only_answers_of_one_s_own_conversation(client: Client, engine: FakeEngine) -> None:
    engine.delay = 0.5
    await client.say("hello")
    notice, answer = await client.answers(2)
    assert (await rated(client, answer=notice["id"], value="up"))[0] == 404
    assert (await rated(client, answer=str(uuid4()), value="up"))[0] == 404
    other = await Client(client.http, client.address).open()
    status, body = await rated(other, answer=answer["id"], value="up")
    assert (status, body["error"]["code"]) == (404, "unknown_answer")


async def test_bad_ratings_are_refused(client: Client) -> None:
    await client.say("hello")
    (answer,) = await client.answers(1)
    for body in (
        {},
        {"answer": answer["id"]},
        {"answer": answer["id"], "value": "sideways"},
        {"answer": answer["id"], "value": 1},
        {"answer": "x", "value": "up"},
        {"answer": answer["id"], "value": "up", "reason": "x" * 501},
        {"answer": answer["id"], "value": "up", "reason": "a\0b"},
        {"answer": answer["id"], "value": "up", "giver": "somebody"},
    ):
        assert (await rated(client, **body))[0] == 400, body
