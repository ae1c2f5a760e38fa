"""Reading dialogues, and comparing what they said and did, without any process."""

from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest

from lam.dialogues import Dialogue, play, read_dialogues
from lam.dialogues.play import missing, unexpected, unwanted


def written(folder: Path, text: str) -> Path:
    file = folder / "some.yml"
    file.write_text(text, encoding="utf-8")
    return file


def test_dialogues_are_read_in_their_order(tmp_path) -> None:
    first, second = read_dialogues(
        written(
            tmp_path, "- {name: a, turns: [{user: hi, bot: [Hello]}]}\n- {name: b, turns: [{rate: up}]}\n"
        )
    )
    assert (first.name, second.name) == ("a", "b")
    assert first.turns == ({"user": "hi", "bot": ["Hello"]},)


@pytest.mark.parametrize(
    "text",
    [
        "- {name: a}",
        "- {name: a, turns: [], effect: {}}",
        "- {name: a, turns: [{user: hi, bott: [Hello]}]}",
        "- {name: a, turns: [{bot: [Hello]}]}",
        "- {name: a, turns: [{user: hi, press: Yes}]}",
    ],
)
def test_a_misspelt_dialogue_is_refused_rather_than_passed(tmp_path, text) -> None:
    with pytest.raises(ValueError, match=r"some\.yml"):
        read_dialogues(written(tmp_path, text))


def test_parts_of_an_answer_are_expected_in_their_order() -> None:
    assert not missing(["€50.00", "Maria"], "€50.00 to Maria Rossi")
    assert not missing([], "whatever")
    assert missing(["Maria", "€50.00"], "€50.00 to Maria Rossi")
    assert missing(["Done"], "")


def test_what_must_not_be_said_is_found() -> None:
    assert not unwanted(["Done"], "Shall I send it?")
    assert unwanted(["earlier", "Done"], "Done: €50.00")


@pytest.mark.parametrize(
    ("answers", "answered", "failed"), [(["Hello"], True, False), ([], True, True), (["Wait"], False, True)]
)
def test_a_message_without_an_answer_is_a_failure(monkeypatch, answers, answered, failed) -> None:
    """Also when the dialogue expects nothing particular of it."""
    said = [SimpleNamespace(text=one, buttons=(), custom=None, action=None) for one in answers]
    talk = SimpleNamespace(
        send=lambda **_: "1", wait=lambda _: said, answers=lambda: said, answered=lambda _: answered
    )
    monkeypatch.setitem(play.__globals__, "Talk", lambda *_: talk)
    world = SimpleNamespace(WATCHED="1", snapshot=lambda *_: {}, code=lambda _: "")
    assert bool(play(None, Dialogue("hello", ({"user": "hello"},)), world).failure) == failed


BEFORE = {"Current account": Decimal("100.00"), "card 4821": "active", "cases": 0}


@pytest.mark.parametrize(
    ("after", "effects"),
    [
        ({}, {}),
        ({"Current account": Decimal("50.00")}, {"Current account": "-50.00"}),
        ({"card 4821": "frozen", "cases": 1}, {"card 4821": "frozen", "cases": "+1"}),
    ],
)
def test_effects_that_are_told_and_no_others_are_as_expected(after, effects) -> None:
    assert not unexpected(BEFORE, BEFORE | after, effects)


@pytest.mark.parametrize(
    ("after", "effects"),
    [
        ({"Current account": Decimal("50.00")}, {}),  # something happened
        ({}, {"Current account": "-50.00"}),  # nothing happened
        ({"Current account": Decimal("0.00")}, {"Current account": "-50.00"}),  # it happened twice
        ({"Current account": Decimal("50.00"), "cases": 1}, {"Current account": "-50.00"}),  # and more
        ({"card 4821": "blocked"}, {"card 4821": "frozen"}),
        ({}, {"planed": "+1"}),  # misspelt
    ],
)
def test_any_other_change_is_a_failure(after, effects) -> None:
    assert unexpected(BEFORE, BEFORE | after, effects)
