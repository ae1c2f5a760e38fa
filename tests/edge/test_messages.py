"""Messages in, answers out: order, repetition, failure, restart."""

import asyncio
import threading
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import aiohttp

from lam.conversations import Conversations, Message
from lam.edge.engine import EngineClient
from lam.settings import Settings

from .fake_engine import FakeEngine
from .running import Client, running_edge, wait_until


async def test_a_message_is_answered(client: Client, engine: FakeEngine) -> None:
    status, body = await client.say("hello")
    assert (status, body) == (202, {"seq": body["seq"]})
    (answer,) = await client.answers(1)
    assert (answer["text"], answer["kind"]) == ("echo: hello", "answer")
    assert [(line["from"], line["text"]) for line in await client.lines()] == [
        ("user", "hello"),
        ("bot", "echo: hello"),
    ]
    assert engine.seen[0]["trusted"] is False


async def test_answers_come_in_order(client: Client, engine: FakeEngine) -> None:
    engine.delay = 0.01
    for number in range(10):
        assert (await client.say(f"m{number}"))[0] == 202
    answers = await client.answers(10)
    assert [one["text"] for one in answers] == [f"echo: m{number}" for number in range(10)]


async def test_conversations_do_not_wait_for_each_other(client: Client, engine: FakeEngine) -> None:
    engine.delay = 0.3
    others = [await Client(client.http, client.address).open() for _ in range(5)]
    for one in others:
        await one.say("hello")
    async with asyncio.timeout(1.2):
        for one in others:
            await one.answers(1)


async def test_the_same_id_again_is_the_same_message(client: Client, engine: FakeEngine) -> None:
    client_id = str(uuid4())
    first = await client.say("hello", client_id)
    await client.answers(1)
    assert await client.say("hello", client_id) == first
    status, body = await client.say("something else", client_id)
    assert (status, body["error"]["code"]) == (409, "id_used")
    assert len(engine.seen) == 1


async def test_typing_lasts_from_receipt_to_answer(client: Client, engine: FakeEngine) -> None:
    engine.delay = 0.1
    async with client.events() as events:
        assert (await events.next("typing"))["data"] == {"on": False}
        await client.say("hello")
        assert (await events.next())["data"] == {"on": True}
        assert (await events.next())["event"] == "answer"
        assert (await events.next())["data"] == {"on": False}


async def test_events_resume_where_they_were_left(client: Client) -> None:
    for text in ("one", "two", "three"):
        await client.say(text)
    answers = await client.answers(3)
    assert [one["text"] for one in await client.answers(2, after=answers[0]["seq"])] == [
        "echo: two",
        "echo: three",
    ]
    async with client.events(headers={"Last-Event-ID": str(answers[1]["seq"])}) as events:
        assert (await events.next("answer"))["data"] == answers[2]


async def test_who_waits_is_told_and_then_answered(client: Client, engine: FakeEngine) -> None:
    engine.delay = 0.6
    await client.say("hello")
    answers = await client.answers(2)
    assert [(one["kind"], one["text"]) for one in answers] == [
        ("notice", "still working"),
        ("answer", "echo: hello"),
    ]


async def test_an_engine_that_is_down_gets_the_message_later(client: Client, engine: FakeEngine) -> None:
    await engine.stop()
    await client.say("hello")
    assert (await client.answers(1))[0]["kind"] == "notice"
    await engine.start()
    assert (await client.answers(2))[1]["text"] == "echo: hello"


async def test_actions_that_are_down_do_not_end_a_turn(client: Client, engine: FakeEngine) -> None:
    engine.status, engine.actions_ready = 503, False
    await client.say("hello")
    await asyncio.sleep(1)
    engine.status, engine.actions_ready = 200, True
    assert (await client.answers(2))[1]["text"] == "echo: hello"


async def test_a_turn_that_always_fails_ends(client: Client, engine: FakeEngine, monkeypatch) -> None:
    monkeypatch.setattr("lam.edge.dispatcher.LONGEST_WAIT", 0.02)
    monkeypatch.setattr("lam.edge.dispatcher.GIVE_UP_SECONDS", 0.05)
    engine.status = 503
    await client.say("broken")
    (answer,) = await client.answers(1)
    assert (answer["kind"], answer["text"]) == ("error", "went wrong")
    engine.status = 200
    await client.say("works")
    assert [one["text"] for one in await client.answers(2)] == ["went wrong", "echo: works"]


async def test_a_turn_that_fails_for_a_while_is_answered_when_it_works(
    client: Client, engine: FakeEngine, monkeypatch
) -> None:
    monkeypatch.setattr("lam.edge.dispatcher.LONGEST_WAIT", 0.01)
    engine.status = 503
    await client.say("hello")
    assert (await client.answers(1))[0]["kind"] == "notice"
    await wait_until(lambda: len(engine.seen) > 30)
    engine.status = 200
    assert (await client.answers(2))[1]["text"] == "echo: hello"


async def test_a_turn_that_is_too_slow_is_never_given_up(
    client: Client, engine: FakeEngine, monkeypatch
) -> None:
    monkeypatch.setattr("lam.edge.dispatcher.LONGEST_WAIT", 0.01)
    monkeypatch.setattr("lam.edge.dispatcher.GIVE_UP_SECONDS", 0.0)
    engine.status = 504
    await client.say("hello")
    assert (await client.answers(1))[0]["kind"] == "notice"
    await wait_until(lambda: len(engine.seen) > 10)
    engine.status = 200
    assert (await client.answers(2))[1]["text"] == "echo: hello"


async def test_who_waits_behind_another_message_is_told_too(client: Client, engine: FakeEngine) -> None:
    await engine.stop()
    sent = [(await client.say(text))[1]["seq"] for text in ("one", "two")]
    answers = await client.answers(2, seconds=2)
    assert {(one["kind"], one["message"]) for one in answers} == {("notice", seq) for seq in sent}


async def test_a_message_whose_sender_went_away_is_answered(
    client: Client, engine: FakeEngine, monkeypatch
) -> None:
    received, leave = asyncio.Event(), threading.Event()
    receive, loop = Conversations.receive, asyncio.get_running_loop()

    def slowly(*arguments, **options):
        loop.call_soon_threadsafe(received.set)
        leave.wait(5)
        return receive(*arguments, **options)

    monkeypatch.setattr(Conversations, "receive", slowly)
    async with aiohttp.ClientSession() as another:
        sending = asyncio.create_task(_say(Client(another, client.address), client.token))
        await received.wait()
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
    # The edge has seen the closed connection when it answers another one.
    await client.call("GET", "/health/live")
    leave.set()
    assert (await client.answers(1))[0]["text"] == "echo: hello"


async def _say(client: Client, token: str) -> None:
    client.token = token
    await client.say("hello")


async def test_many_slow_turns_do_not_hide_that_the_engine_is_ready(
    settings: Settings, engine: FakeEngine
) -> None:
    engine.delay = 60.0
    client = EngineClient(settings)
    now = datetime.now(UTC)
    turns = [
        asyncio.create_task(client.turn(Message(number, f"c{number}", "m", 1, "hi", None, now)))
        for number in range(110)
    ]
    try:
        await wait_until(lambda: len(engine.seen) == len(turns))
        assert await client.ready() == {"engine": True, "actions": True}
    finally:
        for one in turns:
            one.cancel()
        await asyncio.gather(*turns, return_exceptions=True)
        await client.close()


async def test_a_refused_message_is_said_so(client: Client, engine: FakeEngine) -> None:
    engine.status = 400
    await client.say("hello")
    (answer,) = await client.answers(1)
    assert (answer["kind"], answer["text"]) == ("error", "went wrong")


async def test_a_turn_without_words_ends_too(client: Client) -> None:
    async with client.events() as events:
        await client.say("silence")
        while not (await events.next("typing"))["data"]["on"]:
            pass
        assert (await events.next("typing"))["data"] == {"on": False}


async def test_what_was_unanswered_is_taken_up_after_a_restart(
    settings: Settings, domain, webchat, http, engine: FakeEngine
) -> None:
    await engine.stop()
    async with running_edge(settings, domain, webchat) as address:
        client = await Client(http, address).open()
        for text in ("one", "two"):
            assert (await client.say(text))[0] == 202
    await engine.start()
    answers: list[str] = []
    async with running_edge(settings, domain, webchat), client.events() as events:
        # On a slow machine a notice may have come before.
        while len(answers) < 2:
            one = (await events.next("answer"))["data"]
            answers += [one["text"]] if one["kind"] == "answer" else []
    assert answers == ["echo: one", "echo: two"]


async def test_an_offered_button_is_trusted_once_offered(client: Client, engine: FakeEngine) -> None:
    status, body = await client.press("/balance")
    assert (status, body["error"]["code"]) == (409, "not_offered")
    await client.say("menu")
    await client.answers(1)
    assert (await client.press("/balance"))[0] == 202
    await client.answers(2)
    assert engine.seen[-1] | {"text": "/balance", "trusted": True} == engine.seen[-1]
    assert (await client.lines())[2]["text"] == "My balance"


async def test_buttons_on_cards_are_offers_too(client: Client, engine: FakeEngine) -> None:
    await client.say("cards")
    (answer,) = await client.answers(1)
    assert [card["title"] for card in answer["custom"]["cards"]] == ["Linden Saver", "Green Fund"]
    assert (await client.press("/more"))[0] == 202
    await client.answers(2)
    assert engine.seen[-1]["trusted"] is True


async def test_another_conversation_s_button_is_not_offered(client: Client) -> None:
    await client.say("menu")
    await client.answers(1)
    other = await Client(client.http, client.address).open()
    assert (await other.press("/balance"))[0] == 409


async def test_a_typed_intent_is_plain_text(client: Client, engine: FakeEngine) -> None:
    for text in ('/transfer{"amount": 5}', '  \n/transfer{"amount": 5}'):
        assert (await client.say(text))[0] == 202
    await client.answers(2)
    assert [one["trusted"] for one in engine.seen] == [False, False]


async def test_too_many_messages_are_refused_for_a_while(
    settings: Settings, domain, webchat, http, engine: FakeEngine
) -> None:
    async with running_edge(replace(settings, messages_per_minute=3), domain, webchat) as address:
        client = await Client(http, address).open()
        for number in range(3):
            assert (await client.say(f"m{number}"))[0] == 202
        body = {"id": str(uuid4()), "text": "one more"}
        status, found, headers = await client.call("POST", "/api/messages", json=body)
        assert (status, found["error"]["code"]) == (429, "too_many_messages")
        assert 0 < int(headers["Retry-After"]) <= 61
