"""One action at a time against a small real bank, as the action server would call it, without a model."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

import bank
from bank.seed import seed
from lam.settings import load_settings
from lam.storage import migrate, open_database

ADA = "10000001"
TODAY = date(2026, 11, 24)
DOMAIN = yaml.safe_load((Path(__file__).parents[2] / "domain.yml").read_text(encoding="utf-8"))


class Desk:
    """Ada, signed in, and the bank that her messages reach. `bank` may be asked what became of them."""

    def __init__(self, ledger: bank.Bank) -> None:
        self.bank = ledger
        self.settings = load_settings({"LAM_NOW": "2026-11-24T10:00:00+00:00"})
        self.models = Path("models")
        self.sessions = SimpleNamespace(
            customer=lambda conversation: SimpleNamespace(number=ADA), fresh=lambda conversation: True
        )

    def act(self, action: Action, *entities: dict[str, Any], **turn: Any) -> "Answer":
        """Run an action on one message.

        Args:
            entities: what the model found in the message, as Rasa gives it.
            turn: `text`, `intent`, `slots`, `events` of the talk so far, `loop` for the open form, and `id`
                for a message's name: the same one is the same turn.
        """
        message = {
            "text": turn.get("text", ""),
            "intent": {"name": turn.get("intent", "inform")},
            "entities": list(entities),
            "message_id": turn.get("id", "1"),
        }
        loop = {"name": turn.get("loop")}
        slots, talk = turn.get("slots", {}), turn.get("events", [])
        tracker = Tracker("talk", slots, message, talk, False, None, loop, "action_listen")
        dispatcher = CollectingDispatcher()
        events = asyncio.run(action.run(dispatcher, tracker, DOMAIN))
        return Answer(
            dispatcher.messages, {one["name"]: one["value"] for one in events if one["event"] == "slot"}
        )

    def judge(self, form: Any, slot: str, value: str, *entities: dict[str, Any], **slots: Any) -> "Answer":
        """Let a form judge one slot's value."""
        message = {"text": value, "intent": {"name": "inform"}, "entities": list(entities), "message_id": "1"}
        tracker = Tracker("talk", slots, message, [], False, None, {}, "action_listen")
        dispatcher = CollectingDispatcher()
        kept = getattr(form, f"validate_{slot}")(value, dispatcher, tracker, DOMAIN)
        return Answer(dispatcher.messages, kept)


class Answer:
    """What was said, and which slots were set."""

    def __init__(self, messages: list[dict[str, Any]], slots: dict[str, Any]) -> None:
        self.messages, self.slots = messages, slots

    @property
    def responses(self) -> list[str]:
        """The names of the responses in the order in which they were given."""
        return [one["response"] for one in self.messages]

    @property
    def buttons(self) -> list[dict[str, str]]:
        return [button for one in self.messages for button in one["buttons"]]


def found(entity: str, value: str, start: int = 0) -> dict[str, Any]:
    """An entity as Rasa gives it."""
    return {"entity": entity, "value": value, "start": start}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    database = open_database(f"sqlite:///{tmp_path / 'bank.db'}")
    migrate(database, bank.MIGRATIONS)
    seed(database, TODAY, customers=3)
    made = Desk(bank.Bank(database, lambda: datetime(2026, 11, 24, 10, tzinfo=UTC)))
    monkeypatch.setattr("actions.base.services", lambda: made)
    yield made
    database.close()
