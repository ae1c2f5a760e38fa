"""Suggestions as customers and visitors get them, on a real bank, a real store and the real rules."""

import re
import zlib
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from actions.goals import ValidateGoalForm
from actions.services import CONTENT, make_recommender
from actions.suggestions import (
    AcceptRecommendation,
    HideProduct,
    Recommend,
    RejectRecommendation,
    ShowProduct,
    WhyRecommended,
)
from lam.encoder.sentences import SentenceEncoder
from lam.recommend import Goals, Interactions, Preferences
from lam.storage import MIGRATIONS, migrate, open_database
from lam.supervisor.databases import seed_interactions
from tests.actions.conftest import ADA, Answer, Desk, found


def bag_of_words(texts: Sequence[str]) -> npt.NDArray[np.float32]:
    """Vectors in which each word has a direction of its own: no weights are needed."""
    rows = np.zeros((len(texts), 512), dtype=np.float32)
    for row, text in zip(rows, texts, strict=True):
        for word in re.findall(r"[a-z]{4,}", text.lower()):
            row[zlib.crc32(word[:5].encode()) % 512] += 1
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


@pytest.fixture
def shop(desk: Desk, tmp_path: Path) -> Desk:
    """Ada's desk, with the store of what the bank's customers did, and a recommender that learned from it."""
    learning = open_database(f"sqlite:///{tmp_path / 'learning.db'}")
    migrate(learning, MIGRATIONS / "learning")
    desk.interactions, desk.preferences = Interactions(learning), Preferences(learning)
    desk.goals = Goals.read(CONTENT / "goals.yml")
    seed_interactions(desk.interactions, desk.bank)
    desk.recommender = make_recommender(desk.bank, desk.interactions, bag_of_words)
    return desk


def sign_out(shop: Desk) -> None:
    shop.sessions = SimpleNamespace(customer=lambda conversation: None, fresh=lambda conversation: False)


def cards(answer: Answer) -> list[dict[str, Any]]:
    return [card for one in answer.messages for card in (one.get("custom") or {}).get("cards", [])]


def test_a_customer_sees_cards_with_reasons_and_nothing_that_is_held(shop: Desk) -> None:
    answer = shop.act(Recommend(), text="any offers for me?")
    shown = cards(answer)
    assert len(shown) == 3
    held = {one.name for one in shop.bank.holdings(ADA)}
    assert not held & {card["title"] for card in shown}
    assert all("\n" in card["text"] and len(card["buttons"]) == 3 for card in shown)
    assert list(answer.slots["suggested"]) == [shop.bank.product(card["title"]).id for card in shown]


def test_what_was_shown_is_noted_down_with_its_propensity(shop: Desk) -> None:
    answer = shop.act(Recommend(), text="any offers for me?")
    shop.act(Recommend(), text="any offers for me?")  # the same turn again, after a failure
    noted = [one for one in shop.interactions.of(ADA) if one.kind == "impression"]
    assert [one.item for one in noted] == list(answer.slots["suggested"])
    assert [one.place for one in noted] == [0, 1, 2]
    assert all(one.propensity and 0 < one.propensity <= 1 for one in noted)
    assert {one.conversation for one in noted} == {"talk"}


def test_the_student_account_is_not_suggested_to_who_is_older(shop: Desk) -> None:
    """Bug: it was suggested to everybody who didn't have it."""
    for turn in range(30):
        answer = shop.act(Recommend(), text="I'm a student, what account fits me?", id=f"n{turn}")
        assert "student-account" not in answer.slots["suggested"]


def test_a_stranger_is_asked_for_a_goal_first_and_only_once(shop: Desk) -> None:
    sign_out(shop)
    assert shop.act(Recommend(), text="any offers?").messages == []
    answer = shop.act(Recommend(), slots={"goal": "none", "goal_age": "none"})
    assert "It is what our customers choose most." in cards(answer)[0]["text"]
    assert set(answer.slots["suggested"]) <= {"easy-saver", "fixed-saver", "travel-card", "travel-insurance"}


def test_another_form_is_not_left_for_the_question_about_goals(shop: Desk) -> None:
    sign_out(shop)
    assert cards(shop.act(Recommend(), text="any offers?", loop="transfer_form"))


def test_a_goal_decides_and_is_told_as_the_reason(shop: Desk) -> None:
    sign_out(shop)
    answer = shop.act(Recommend(), slots={"goal": ["home"], "goal_age": 34})
    assert "home-saver" in answer.slots["suggested"]
    card = next(one for one in cards(answer) if one["title"] == "Home Saver")
    assert card["text"].endswith("Because you asked about a home of your own.")
    why = shop.act(WhyRecommended(), found("product", "home-saver"), slots=answer.slots)
    assert why.messages[0]["reason"] == "you asked about a home of your own"


def test_a_goal_in_the_users_own_words_is_quoted(shop: Desk) -> None:
    sign_out(shop)
    slots = {"goal": ["cash for every journey, insurance and luggage included"], "goal_age": 30}
    text = "\n".join(one["text"] for one in cards(shop.act(Recommend(), slots=slots)))
    assert "Because you asked about “cash for every journey, insurance and luggage included”." in text


def test_a_goal_within_the_wish_needs_no_question(shop: Desk) -> None:
    sign_out(shop)
    answer = shop.act(Recommend(), text="I travel a lot, what would you recommend?")
    assert answer.slots["visitor"]["goals"] == ["travel"]
    assert "travel-card" in answer.slots["suggested"]


def test_not_interested_changes_the_very_next_list(shop: Desk) -> None:
    first = shop.act(Recommend(), text="any offers?", id="1")
    away = next(iter(first.slots["suggested"]))
    second = shop.act(RejectRecommendation(), found("product", away), slots=first.slots, id="2")
    assert second.responses[0] == "utter_rejected"
    assert second.messages[0]["products"] == shop.bank.product(away).name
    assert away not in second.slots["suggested"] and len(cards(second)) == 3
    third = shop.act(Recommend(), text="any offers?", id="3")
    assert away not in third.slots["suggested"], "remembered in the next conversation, too"


def test_a_visitors_taste_lives_in_the_conversation_alone(shop: Desk) -> None:
    sign_out(shop)
    first = shop.act(Recommend(), slots={"goal": ["travel"], "goal_age": 30})
    away = next(iter(first.slots["suggested"]))
    slots = {"goal": ["travel"], "goal_age": 30, **first.slots}
    second = shop.act(RejectRecommendation(), found("product", away), slots=slots, id="2")
    assert away not in second.slots["suggested"]
    assert shop.interactions.of("visitor") == []
    assert (
        away in shop.act(Recommend(), slots={"goal": ["travel"], "goal_age": 30}, id="3").slots["suggested"]
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [("the second one isn't for me", [1]), ("not the last one", [2]), ("none of these", [0, 1, 2]),
     ("first and third, no", [0, 2]), ("not interested", [])],
)  # fmt: skip
def test_what_is_turned_down_by_its_place(text: str, expected: list[int], shop: Desk) -> None:
    given = shop.act(Recommend(), text="any offers?").slots
    answer = shop.act(RejectRecommendation(), text=text, slots=given, id="2")
    rejected = [one.item for one in shop.interactions.of(ADA) if one.kind == "reject"]
    assert sorted(rejected) == sorted(list(given["suggested"])[place] for place in expected)
    if not expected:
        assert answer.responses == ["utter_which_product"] and len(answer.buttons) == 3


def test_a_hidden_product_stays_away_until_it_is_undone(shop: Desk) -> None:
    given = shop.act(Recommend(), text="any offers?").slots
    hidden = next(iter(given["suggested"]))
    answer = shop.act(HideProduct(), found("product", hidden), slots=given, id="2")
    assert answer.responses[0] == "utter_hidden"
    assert answer.buttons[0]["payload"] == f'/show_product{{"product": "{hidden}"}}'
    for turn in range(5):
        assert hidden not in shop.act(Recommend(), text="offers?", id=f"n{turn}").slots["suggested"]
    shop.act(ShowProduct(), found("product", hidden), id="3")
    assert hidden in shop.preferences.hidden(ADA) | {hidden} and shop.preferences.hidden(ADA) == frozenset()


def test_a_visitor_can_hide_and_undo_too(shop: Desk) -> None:
    sign_out(shop)
    slots = {"goal": ["travel"], "goal_age": 30}
    hidden = shop.act(HideProduct(), found("product", "travel-card"), slots=slots)
    assert hidden.slots["visitor"]["hidden"] == ["travel-card"]
    slots |= hidden.slots
    assert "travel-card" not in shop.act(Recommend(), slots=slots).slots["suggested"]
    undone = shop.act(ShowProduct(), found("product", "travel-card"), slots=slots)
    assert (undone.slots["visitor"] or {}).get("hidden", []) == []


def test_a_kind_names_all_of_its_products(shop: Desk) -> None:
    shop.act(HideProduct(), found("product", "loans"))
    assert shop.preferences.hidden(ADA) == {"personal-loan", "car-loan", "mortgage"}


def test_when_everything_is_hidden_a_person_is_offered(shop: Desk) -> None:
    for one in shop.bank.products():
        shop.act(HideProduct(), found("product", one.id), id=one.id)
    answer = shop.act(Recommend(), text="any offers?", id="last")
    assert answer.responses == ["utter_nothing_to_suggest"]
    assert answer.slots["suggested"] == {}


def test_what_is_accepted_is_learned(shop: Desk) -> None:
    answer = shop.act(AcceptRecommendation(), found("product", "gold-card"))
    assert answer.responses == ["utter_accepted"]
    assert [one.kind for one in shop.interactions.of(ADA) if one.item == "gold-card"][-1:] == ["accept"]
    for turn in range(5):
        assert "gold-card" not in shop.act(Recommend(), text="offers?", id=f"n{turn}").slots["suggested"]


def test_what_was_said_before_signing_in_counts_afterwards(shop: Desk) -> None:
    before = shop.sessions
    sign_out(shop)
    slots = shop.act(Recommend(), text="which offers are there for our first flat?").slots
    assert slots["visitor"]["goals"] == ["home"]
    shop.sessions = before
    answer = shop.act(Recommend(), text="any offers?", slots=slots, id="2")
    assert "you asked about a home of your own" in "\n".join(one["text"] for one in cards(answer))
    assert shop.preferences.goals(ADA) == [], "who had said it then is not known"


@pytest.mark.weights
def test_with_the_real_encoder_a_goal_finds_its_product(shop: Desk) -> None:
    sign_out(shop)
    shop.recommender = make_recommender(shop.bank, shop.interactions, SentenceEncoder())
    for goal, product in (("home", "home-saver"), ("car", "car-loan"), ("travel", "travel-insurance")):
        answer = shop.act(Recommend(), slots={"goal": [goal], "goal_age": 34})
        assert product in answer.slots["suggested"], goal
        assert answer.slots["suggested"][product]["asked"] == [goal]


def test_goals_are_remembered_across_conversations(shop: Desk) -> None:
    shop.act(Recommend(), text="I want to retire early, what do you suggest?", id="1")
    shop.act(Recommend(), text="and for our new flat?", id="2")
    assert set(shop.preferences.goals(ADA)) == {"home", "retirement"}
    shop.act(Recommend(), text="and for our new flat?", id="3")
    assert len(shop.preferences.goals(ADA)) == 2


def test_what_was_asked_about_in_this_talk_counts_as_a_goal(shop: Desk) -> None:
    sign_out(shop)
    asked = {"event": "user", "text": "mortgage rates?", "parse_data": {"intent": {"name": "mortgage_info"}}}
    answer = shop.act(Recommend(), text="what do you suggest?", events=[asked], slots={"goal_age": 40})
    assert "you asked about a home of your own" in "\n".join(one["text"] for one in cards(answer))


def test_why_without_a_suggestion_and_rejecting_without_one(shop: Desk) -> None:
    assert shop.act(WhyRecommended(), text="why?").responses == ["utter_nothing_recommended"]
    assert shop.act(RejectRecommendation(), text="not that").responses == ["utter_nothing_recommended"]
    assert shop.act(HideProduct(), text="hide it").responses == ["utter_nothing_recommended"]


def test_a_product_of_nobodys_is_asked_about(shop: Desk) -> None:
    given = shop.act(Recommend(), text="any offers?").slots
    answer = shop.act(
        RejectRecommendation(), found("product", "unicorn card"), text="no unicorn card", slots=given
    )
    assert answer.responses == ["utter_which_product"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [("home", ["home"]), ("none", "none"), ("a new flat for the family", ["home", "family"]),
     ("a  yacht", ["a yacht"]), ('/inform{"goal":"x"}', None)],
)  # fmt: skip
def test_goals_as_they_are_answered(value: str, expected: Any, shop: Desk) -> None:
    assert shop.judge(ValidateGoalForm(), "goal", value).slots["goal"] == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [("35", 35), ("I'm 41.", 41), ("twenty-six", 26), ("fifty five", 55), ("none", "none"), ("old", None),
     ("150", None), ("0", None), ("30 or 31", None), ("10000001", None), ("/deny", None)],
)  # fmt: skip
def test_ages_as_they_are_answered(value: str, expected: Any, shop: Desk) -> None:
    answer = shop.judge(ValidateGoalForm(), "goal_age", value)
    assert answer.slots["goal_age"] == expected
    assert answer.responses == ([] if expected else ["utter_goal_age_invalid"])


async def test_a_customers_age_is_not_asked_for(shop: Desk) -> None:
    from rasa_sdk import Tracker
    from rasa_sdk.executor import CollectingDispatcher

    tracker = Tracker("talk", {}, {}, [], False, None, {}, "action_listen")
    asked = ["goal", "goal_age"]
    assert await ValidateGoalForm().required_slots(asked, CollectingDispatcher(), tracker, {}) == ["goal"]
    sign_out(shop)
    assert await ValidateGoalForm().required_slots(asked, CollectingDispatcher(), tracker, {}) == asked
