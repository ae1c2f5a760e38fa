import csv
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lam.feedback import Feedback, ForeignAnswer, Rating

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)


def _rating(**changes: Any) -> Rating:
    values = {
        "answer": "answer-1", "conversation": "a", "giver": "a", "value": "up",
        "user_text": "what is my balance", "intent": "check_balance", "confidence": 0.97,
        "answer_text": "You have 5 EUR.", "action": "action_balance", "model_id": "model-1", "at": NOON,
    }  # fmt: skip
    return Rating(**(values | changes))


def test_a_rating_keeps_all_that_is_needed_to_learn_from_it(feedback: Feedback) -> None:
    stored = feedback.rate(_rating(reason="quick"), now=LATER)
    assert feedback.list() == [stored]
    assert (stored.user_text, stored.intent, stored.confidence) == (
        "what is my balance",
        "check_balance",
        0.97,
    )
    assert (stored.answer_text, stored.action, stored.model_id) == (
        "You have 5 EUR.",
        "action_balance",
        "model-1",
    )
    assert (stored.reason, stored.at, stored.created_at, stored.changed_at) == ("quick", NOON, LATER, LATER)


def test_its_giver_can_change_it(feedback: Feedback) -> None:
    feedback.rate(_rating(reason="quick"), now=NOON)
    changed = feedback.rate(_rating(value="down"), now=LATER)
    assert (changed.value, changed.reason, changed.created_at, changed.changed_at) == (
        "down",
        None,
        NOON,
        LATER,
    )
    assert feedback.list() == [changed]


def test_others_have_ratings_of_their_own(feedback: Feedback) -> None:
    feedback.rate(_rating())
    feedback.rate(_rating(giver="b", value="down"))
    assert len(feedback.list()) == 2
    assert feedback.given("a", "a") == {"answer-1": "up"}
    assert feedback.given("a", "b") == {"answer-1": "down"}
    assert feedback.given("b", "b") == {}


def test_an_answer_belongs_to_one_conversation(feedback: Feedback) -> None:
    feedback.rate(_rating())
    with pytest.raises(ForeignAnswer, match="of this conversation"):
        feedback.rate(_rating(conversation="b", giver="b"))
    assert len(feedback.list()) == 1


@pytest.mark.parametrize("changes", [{"value": "sideways"}, {"value": None}, {"reason": "x" * 1001}], ids=str)
def test_a_rating_that_cannot_be(feedback: Feedback, changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="Rating: expected"):
        feedback.rate(_rating(**changes))
    assert feedback.list() == []


def test_thumbs_pressed_at_once_leave_one_rating(feedback: Feedback) -> None:
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda n: feedback.rate(_rating(value=("up", "down")[n % 2])), range(6)))
    assert len(feedback.list()) == 1


def test_texts_are_stored_without_personal_numbers(feedback: Feedback) -> None:
    stored = feedback.rate(
        _rating(
            user_text="my code is 123456\0\ud800",
            reason="mail me: anna@example.org",
            answer_text="Sent to +49 170 1234567.",
        )
    )
    assert (stored.user_text, stored.reason, stored.answer_text) == (
        "my code is [code]?", "mail me: [email]", "Sent to [phone].",
    )  # fmt: skip


def test_the_newest_come_first(feedback: Feedback) -> None:
    for hour in range(4):
        feedback.rate(_rating(answer=f"answer-{hour}"), now=NOON + timedelta(hours=hour))
    assert [one.answer for one in feedback.list(limit=2)] == ["answer-3", "answer-2"]
    assert [one.answer for one in feedback.list(since=NOON + timedelta(hours=3))] == ["answer-3"]


def test_export_for_programs(feedback: Feedback, tmp_path: Path) -> None:
    feedback.rate(_rating(user_text="日本語\n,"), now=LATER)
    assert feedback.export(tmp_path / "ratings.jsonl") == 1
    (line,) = (tmp_path / "ratings.jsonl").read_text(encoding="utf-8").splitlines()
    record = json.loads(line)
    assert (record["user_text"], record["changed_at"]) == ("日本語\n,", LATER.isoformat())
    assert list(tmp_path.glob("*.part")) == []


def test_export_for_a_spreadsheet_runs_nothing(feedback: Feedback, tmp_path: Path) -> None:
    feedback.rate(_rating(user_text="=HYPERLINK(1)", reason='a "quote",\nand a line'))
    feedback.export(tmp_path / "ratings.csv", "csv")
    with (tmp_path / "ratings.csv").open(encoding="utf-8", newline="") as file:
        (record,) = csv.DictReader(file)
    assert (record["user_text"], record["reason"]) == ("'=HYPERLINK(1)", 'a "quote",\nand a line')


def test_an_empty_csv_has_its_header(feedback: Feedback, tmp_path: Path) -> None:
    assert feedback.export(tmp_path / "ratings.csv", "csv") == 0
    assert (tmp_path / "ratings.csv").read_text().startswith("answer,conversation,giver,value,")


def test_an_unknown_format(feedback: Feedback, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="expected the format csv or jsonl, found 'xml'"):
        feedback.export(tmp_path / "ratings.xml", "xml")  # type: ignore[arg-type]
