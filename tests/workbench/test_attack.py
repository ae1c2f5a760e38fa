"""The attacks against a reader that goes by one word, and what is reported of them."""

import dataclasses
import io
import json
import random
from collections.abc import Sequence
from pathlib import Path

import pytest
from rich.console import Console

from lam.types import Example, Reading
from lam.understanding.noise import Noise
from lam.workbench.attack import AttackReport, AttackRow, attack
from lam.workbench.attack_guided import guided
from lam.workbench.attack_report import attack_picture, attack_table

KEYWORDS = {"balance": "balance", "pin": "change_pin", "mortgage": "mortgage_info", "hello": "greet"}
EXAMPLES = [
    Example("could you tell me what the balance of that is today", "balance"),
    Example("i would really like to have a new pin for this as soon as possible", "change_pin"),
    Example("what does a mortgage cost for somebody who earns so little", "mortgage_info"),
    Example("hello to everyone who may be reading what people write here", "greet"),
] * 5


def read(texts: Sequence[str]) -> list[Reading]:
    """Go by the keyword alone; the other intents share what is left, the first in the alphabet most."""
    readings = []
    for text in texts:
        intents = [intent for word, intent in KEYWORDS.items() if word in text.lower().split()]
        sure = 0.91 if intents else 0.31
        first = intents[0] if intents else "other"
        others = sorted({*KEYWORDS.values(), "other"} - {first})
        readings.append(Reading(((first, sure), *((one, (1 - sure) / 4) for one in others))))
    return readings


def report(**values: object) -> AttackReport:
    return attack(read, EXAMPLES, **values)


def test_the_guided_attack_finds_the_word_that_matters() -> None:
    for example in EXAMPLES[:4]:
        word = next(one for one in KEYWORDS if one in example.text)
        found = guided(example.text, example.intent, read, 1, random.Random(1))
        assert read([found])[0].intent == "other"
        before, after = example.text.split(), found.split()
        assert [one for one in before if one not in after] == [word]
        assert len(after) == len(before)


def test_a_guided_edit_does_more_damage_than_a_random_one() -> None:
    rows = {row.attack: row for row in report(edits=[1]).rows}
    assert rows["guided"].accuracy == 0
    assert all(rows[noise].accuracy > 0.5 for noise in ("typo", "swap", "drop", "double", "synonym"))


def test_no_more_edits_than_it_takes() -> None:
    one, three = (guided(EXAMPLES[0].text, "balance", read, edits, random.Random(2)) for edits in (1, 3))
    assert one == three


def test_a_guided_attack_edits_a_lone_word_twice() -> None:
    def stubborn(texts: Sequence[str]) -> list[Reading]:
        sure = [0.5 + 0.1 * (sorted(text) == sorted("balance")) for text in texts]
        return [Reading((("balance", one), ("other", 1 - one))) for one in sure]

    found = guided("balance", "balance", stubborn, 2, random.Random(1), [Noise.DROP])
    assert len(found) == 5


def test_a_misread_text_is_left_alone() -> None:
    assert guided("how much have i", "balance", read, 2, random.Random(1)) == "how much have i"


def test_a_text_without_words_is_left_alone() -> None:
    assert guided("?", "other", read, 2, random.Random(1)) == "?"


@pytest.mark.parametrize(("edits", "noises", "message"), [
    (-1, [Noise.TYPO], "0 edits or more, found -1"),
    (1, [Noise.TYPO, Noise.DISTRACTOR], r"letters and words, found \['distractor'\]"),
])  # fmt: skip
def test_what_a_guided_attack_cannot_do_is_refused(edits: int, noises: list[Noise], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        guided("my balance", "balance", read, edits, random.Random(1), noises)


def test_a_report_has_a_row_for_each_attack_and_budget() -> None:
    seen: list[AttackRow] = []
    found = report(edits=(1, 2), guided_size=6, progress=seen.append)
    assert [(row.attack, row.edits) for row in found.rows] == [
        (name, edits) for name in (*map(str, Noise), "guided") for edits in (1, 2)
    ]
    assert tuple(seen) == found.rows
    assert (found.clean, found.examples, found.seed) == (1, 20, 1)
    assert {row.examples for row in found.rows} == {20, 6}
    for row in found.rows:
        assert row.lost == pytest.approx(100 * (1 - row.accuracy))
        assert 1 - row.accuracy <= row.changed <= 1


def test_the_same_seed_gives_the_same_report_and_another_does_not() -> None:
    assert report(guided_size=4) == report(guided_size=4)
    assert report(seed=2, guided_size=4).rows != report(guided_size=4).rows


def test_a_row_does_not_hang_on_the_others() -> None:
    alone = report(noises=[Noise.DROP], edits=[2], guided_size=0)
    assert alone.rows[0] in report().rows


def test_points_are_lost_against_the_same_texts() -> None:
    examples = [*EXAMPLES, *[Example("what now", "balance")] * 20]
    found = attack(read, examples, [Noise.CASE, Noise.DISTRACTOR])
    assert found.clean == 0.5
    assert all(row.lost == 0 for row in found.rows if row.attack == "case")


def test_unchanged_texts_are_read_once() -> None:
    asked: list[str] = []

    def counted(texts: Sequence[str]) -> list[Reading]:
        asked.extend(texts)
        return read(texts)

    attack(counted, [Example("42", "other")], [Noise.TYPO, Noise.SYNONYM], guided_size=0)
    assert asked == ["42"]


def test_nothing_to_attack_is_refused() -> None:
    with pytest.raises(ValueError, match="found none"):
        attack(read, [])


def test_a_report_is_json() -> None:
    found = report(guided_size=2)
    facts = json.loads(json.dumps(dataclasses.asdict(found)))
    assert facts["clean"] == found.clean
    assert [AttackRow(**row) for row in facts["rows"]] == list(found.rows)


@pytest.mark.parametrize("models", [1, 2, 4])
def test_the_table_fits_100_columns(models: int) -> None:
    found = report(guided_size=4)
    console = Console(width=100, record=True, file=io.StringIO())
    console.print(attack_table({f"model {one}": found for one in range(models)}))
    lines = console.export_text().splitlines()
    assert sum("guided" in line for line in lines) == 2
    row = next(one for one in found.rows if one.attack == "drop")
    cell = f"{row.accuracy:.1%} {-row.lost:+5.1f}"
    assert next(line for line in lines if "drop" in line).count(cell) == models


def test_a_table_shows_what_only_one_report_has() -> None:
    table = attack_table({"before": report(guided_size=0), "after": report(noises=[], guided_size=4)})
    assert table.row_count == 1 + 2 * len(Noise) + 2


@pytest.mark.parametrize("models", [["now"], ["before", "after"]])
def test_a_picture_is_written(models: list[str], tmp_path: Path) -> None:
    pictures = [tmp_path / "a.png", tmp_path / "b.png"]
    for picture, size in zip(pictures, (0, 4), strict=True):
        attack_picture({name: report(guided_size=size) for name in models}, picture)
        assert picture.read_bytes().startswith(b"\x89PNG")
    assert pictures[0].read_bytes() != pictures[1].read_bytes()


def test_nothing_to_show_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="found none"):
        attack_table({})
    with pytest.raises(ValueError, match="no row"):
        attack_picture({"now": report(noises=[], guided_size=0)}, tmp_path / "a.png")
