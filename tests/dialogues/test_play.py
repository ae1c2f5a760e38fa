"""Reading dialogues, and comparing what they said and did, without any process."""

from decimal import Decimal
from pathlib import Path

import pytest

from lam.dialogues import read_dialogues
from lam.dialogues.play import missing, unexpected


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
