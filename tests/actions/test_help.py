"""What is offered to somebody who was not understood."""

from typing import Any

import pytest

from actions.help import OfferReadings
from lam.types import Reading

from .conftest import Desk


def said(who: str, text: str) -> dict[str, Any]:
    return {"event": who, "text": text}


class Heard:
    """A classifier that keeps what it was asked."""

    def predict(self, texts: list[str], contexts: list[str]) -> list[Reading]:
        self.asked = (texts, contexts)
        return [Reading((("freeze_card", 0.4), ("nlu_fallback", 0.3), ("list_cards", 0.2)))]


@pytest.mark.parametrize(
    ("talk", "before"),
    [
        ([said("user", "that one")], ""),
        ([said("bot", "Hello!"), said("bot", "Which card?"), said("user", "that one")], "Hello! Which card?"),
        ([said("bot", "Which card?"), said("user", "hm"), said("user", "that one")], ""),
        ([said("bot", "Which card?"), said("user", "that one"), said("bot", "One moment.")], "Which card?"),
    ],
)
def test_the_readings_are_those_behind_the_bots_turn(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, talk: list[dict[str, Any]], before: str
) -> None:
    """The action once read without the turn, and offered what the engine had not been unsure between."""
    heard = Heard()
    monkeypatch.setattr("actions.help.load_classifier", lambda model, folder: heard)
    answer = desk.act(OfferReadings(), text="that one", events=talk)
    assert heard.asked == (["that one"], [before])
    assert [one["payload"] for one in answer.buttons] == ["/freeze_card", "/list_cards"]
