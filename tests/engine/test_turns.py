"""Reading a stored turn."""

from lam.engine.turns import reply

MODEL = {"model_id": "abc"}
TURN = [
    {"event": "action", "name": "action_session_start", "metadata": MODEL},
    {"event": "session_started", "metadata": MODEL},
    {"event": "action", "name": "action_listen", "metadata": MODEL},
    {"event": "user", "parse_data": {"intent": {"name": "balance", "confidence": 0.8}}, "metadata": MODEL},
    {"event": "action", "name": "action_balance", "metadata": MODEL},
    {
        "event": "bot",
        "text": "Your balance is £5.",
        "timestamp": 5.5,
        "data": {"buttons": [{"title": "More", "payload": "/more", "type": "postback"}], "image": None},
        "metadata": {"utter_action": "utter_balance", **MODEL},
    },
    {"event": "bot", "text": None, "timestamp": 5.6, "data": {"custom": {"a": 1}}, "metadata": MODEL},
    {"event": "bot", "text": None, "timestamp": 5.7, "data": {}, "metadata": MODEL},
    {"event": "action", "name": "action_listen", "metadata": MODEL},
]


def test_answers_keep_what_they_carry():
    found = reply(TURN)
    assert (found["model_id"], found["intent"], found["confidence"]) == ("abc", "balance", 0.8)
    assert found["action"] == "action_balance"
    first, second = found["answers"]
    assert first == {
        "text": "Your balance is £5.",
        "buttons": [{"title": "More", "payload": "/more"}],
        "image": None,
        "custom": None,
        "timestamp": 5.5,
        "action": "action_balance",
        "response": "utter_balance",
    }
    assert second["custom"] == {"a": 1} and second["text"] == "" and second["response"] is None


def test_words_before_the_first_action_come_from_the_slots():
    found = reply([TURN[3], TURN[5], TURN[-1]])
    assert found["answers"][0]["action"] == "action_extract_slots"
    assert found["action"] is None


def test_a_turn_without_words():
    assert reply([TURN[3], TURN[-1]])["answers"] == []
