"""Answers that name figures."""

from actions.figures import TellFigures
from tests.actions.conftest import Desk


def test_the_response_of_the_intent_is_given_with_the_figures_of_the_bank(desk: Desk) -> None:
    (told,) = desk.act(TellFigures(), intent="savings_info").messages
    assert (told["response"], told["easy_saver_percent"]) == ("utter_savings_info", "1.75 %")
