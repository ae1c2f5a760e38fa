"""The engine as it really runs: `lam engine` and `lam actions` around a bot that trains in seconds."""

import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

pytestmark = pytest.mark.processes


def texts(response: requests.Response) -> list[str]:
    assert response.status_code == 200, response.text
    return [answer["text"] for answer in response.json()["answers"]]


def test_answers_are_whole_and_say_where_they_come_from(processes, conversation):
    turn = processes.post("hello", conversation, "m1").json()
    assert (turn["intent"], turn["action"]) == ("greet", "utter_greet")
    assert turn["model_id"] == requests.get(processes.url("engine", "/webhooks/lam/ready")).json()["model_id"]
    (answer,) = turn["answers"]  # one answer: Rasa's own channels split it at the empty line
    assert answer["text"] == "Hello!\n\nHow can I help?"
    assert (answer["action"], answer["response"]) == ("utter_greet", "utter_greet")
    assert abs(answer["timestamp"] - time.time()) < 60


def test_buttons_and_image_arrive(processes, conversation):
    (answer,) = processes.post("choose", conversation, "m1").json()["answers"]
    assert answer["buttons"] == [{"title": "Count", "payload": "/count"}]
    assert answer["image"] == "https://example.org/a.png"


def test_same_message_twice_has_one_effect_and_one_answer(processes, conversation):
    first = processes.post("count", conversation, f"{conversation}-1")
    again = processes.post("count", conversation, f"{conversation}-1")
    assert first.json() == again.json()
    assert processes.times_run(f"{conversation}-1") == 1


def test_many_at_once_run_one_after_the_other(processes, conversation):
    with ThreadPoolExecutor(10) as pool:
        turns = list(pool.map(lambda n: processes.post("hello", conversation, f"m{n % 5}").json(), range(10)))
    assert len({turn["answers"][0]["timestamp"] for turn in turns}) == 5


def test_rejection_of_a_form_is_an_answer_not_a_failure(processes, conversation):
    assert texts(processes.post("order", conversation, "m1")) == ["Which size?"]
    assert processes.post("hello", conversation, "m2").status_code == 200
    assert texts(processes.post('/order{"size": "L"}', conversation, "m3", trusted=True)) == ["Ordered: L."]


def test_typed_intents_are_only_words(processes, conversation):
    texts(processes.post("order", conversation, "m1"))
    for number, typed in enumerate(['/order{"size": "L"}', ' \t/ /order{"size": "L"}', "\u2003/restart"]):
        turn = processes.post(typed, conversation, f"t{number}")
        assert turn.status_code == 200 and "Ordered" not in turn.text


def test_without_the_key_nothing_opens(processes, conversation):
    body = json.dumps({"conversation": conversation, "message": "m1", "text": "hello"}).encode()
    assert processes.raw(body, key="wrong").status_code == 401
    assert processes.raw(body, key="").status_code == 401
    assert (
        processes.raw(
            body, key="schlüssel\udcff".encode("utf-8", "surrogateescape").decode("latin-1")
        ).status_code
        == 401
    )
    assert requests.post(processes.url("actions", "/webhook"), json={}).status_code == 401
    assert requests.get(processes.url("actions", "/actions")).status_code == 401
    assert requests.get(processes.url("actions", "/health")).status_code == 200


def test_rasas_own_routes_are_off(processes):
    for path in ("/model/parse", "/conversations/x/tracker", "/webhooks/rest/webhook", "/status"):
        assert requests.post(processes.url("engine", path), json={}).status_code == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"conversation":"c-bad","message":"b1","text":"\\ud800 \\u0000 hello"}', 200),
        (b'{"conversation":"\\ud800","message":"b2","text":"hello"}', 400),
        (b'{"conversation":"c-bad","message":"b3","text":"' + b"a" * 5_000_000 + b'"}', 400),
        (b'{"conversation":"c-bad","message":"b4","text":"\xff"}', 400),
        (b"not json", 400),
        (b"", 400),
        (b"[" * 200_000, 400),
        (b'{"conversation":"c-bad","message":"b5","text":"/"}', 200),
        (b'{"conversation":"c-bad","message":"b6","text":"/nonsense{","trusted":true}', 200),
        (b'{"conversation":"c-bad","message":"b7","text":"/order[1,2","trusted":true}', 200),
    ],
    ids=range(10),
)
def test_bad_input_never_ends_the_engine(processes, body, status):
    assert processes.raw(body).status_code == status
    assert processes.answers("engine", "/webhooks/lam/ready")


def test_a_failing_action_stores_nothing(processes, conversation):
    assert processes.post("crash", conversation, "m1").status_code == 503
    assert processes.post("crash", conversation, "m1").status_code == 503
    # The failed turn left no trace: this is the conversation's first turn.
    assert texts(processes.post("hello", conversation, "m2")) == ["Hello!\n\nHow can I help?"]


def test_a_circle_of_actions_ends_and_the_next_message_is_heard(processes, conversation):
    """Rasa's processor stops after ten actions, and then stays silent for the rest of the conversation."""
    assert texts(processes.post("circle", conversation, "m1")) == []
    assert texts(processes.post("hello", conversation, "m2")) == ["Hello!\n\nHow can I help?"]


def test_action_server_down_then_back(processes, conversation):
    message = f"{conversation}-1"
    processes.kill("actions")
    try:
        assert processes.post("count", conversation, message).status_code == 503
        assert processes.post("count", conversation, message).status_code == 503
    finally:
        processes.start("actions")
    assert len(texts(processes.post("count", conversation, message))) == 1
    assert processes.times_run(message) == 1


def test_a_caller_that_leaves_does_not_stop_its_turn(processes, conversation):
    message = f"{conversation}-1"
    processes.slow.touch()
    try:
        with pytest.raises(requests.Timeout):
            body = {"conversation": conversation, "message": message, "text": "count"}
            requests.post(
                processes.url("engine", "/webhooks/lam/message"),
                json=body,
                headers={"Authorization": "Bearer engine-key"},
                timeout=1,
            )
        assert len(texts(processes.post("count", conversation, message))) == 1
        assert processes.times_run(message) == 1
    finally:
        processes.slow.unlink()


def test_engine_killed_in_a_turn_then_sent_again_has_one_effect(processes, conversation):
    message = f"{conversation}-1"
    processes.slow.touch()
    sender = ThreadPoolExecutor(1).submit(processes.post, "count", conversation, message)
    processes.wait_for(lambda: sender.done() or processes.times_run(message) == 1, "the action to run")
    assert not sender.done(), sender.exception() or sender.result().text
    processes.kill("engine")
    assert isinstance(sender.exception(), requests.ConnectionError)
    processes.slow.unlink()
    processes.start("engine")
    first = texts(processes.post("count", conversation, message))
    assert first == texts(processes.post("count", conversation, message))
    # The turn was lost with the engine, so the action ran once more; its effect, by its key, is one.
    assert processes.times_run(message) == 2
    number = len(set(processes.effects.read_text().split()))
    assert first == [f"That makes {number}."]
