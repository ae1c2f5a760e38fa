"""What all actions share: a view of the turn, the sign-in guard, and work that stays off the event loop."""

import asyncio
import json
import re
import uuid
from abc import ABC, abstractmethod
from functools import cached_property
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.forms import FormValidationAction
from rasa_sdk.types import DomainDict

from actions.services import Services, services
from lam.sessions import Customer

MAX_FAILURES = 3


class Turn:
    """One turn as an action sees it: what was said, by whom, and a way to answer."""

    def __init__(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> None:
        self._dispatcher, self._domain = dispatcher, domain
        self.tracker = tracker
        self.services: Services = services()
        self.conversation: str = tracker.sender_id

    @cached_property
    def customer(self) -> Customer | None:
        """Who is signed in: from the sessions database, never from text or slots."""
        return self.services.sessions.customer(self.conversation)

    @property
    def number(self) -> str:
        """The customer number of a turn that is guarded by `needs_sign_in`."""
        if self.customer is None:
            raise PermissionError(f"expected somebody signed in to {self.conversation}, found nobody.")
        return self.customer.number

    @cached_property
    def message(self) -> dict[str, Any]:
        """The user's message; after a sign-in the one that had asked for it."""
        return self.slot("resume") or self.tracker.latest_message

    @property
    def text(self) -> str:
        return self.message.get("text") or ""

    @property
    def key(self) -> str:
        """Names this turn, the same again when it is run again after a failure: makes effects idempotent."""
        return str(
            uuid.uuid5(uuid.NAMESPACE_OID, f"{self.conversation} {self.tracker.latest_message['message_id']}")
        )

    def slot(self, name: str) -> Any:
        return self.tracker.get_slot(name)

    def entities(self, name: str) -> list[str]:
        """The values of an entity in the message, in the order in which they were said."""
        return [str(one["value"]) for one in self.message.get("entities", []) if one["entity"] == name]

    def entity(self, name: str) -> str | None:
        """The last value of an entity: a correction ("not Anna, to Ben") names the right one last."""
        return next(reversed(self.entities(name)), None)

    def words(self, response: str) -> str:
        """The first text of a response of domain.yml, or "" when it has none: for titles of buttons."""
        variants = self._domain["responses"].get(response) or [{}]
        return str(variants[0].get("text", ""))

    def say(self, response: str, buttons: list[dict[str, str]] | None = None, **values: Any) -> None:
        self._dispatcher.utter_message(response=response, buttons=buttons or [], **values)

    def show(self, cards: list[dict[str, Any]]) -> None:
        self._dispatcher.utter_message(json_message={"cards": cards})

    def yes_or_no(self, draft: str) -> list[dict[str, str]]:
        """Buttons that confirm one draft and no other."""
        return [
            button(self.words("utter_button_confirm"), "affirm", draft=draft),
            button(self.words("utter_button_decline"), "deny", draft=draft),
        ]


def button(title: str, intent: str, **entities: str) -> dict[str, str]:
    """A button that says an intent, with entities when there are any."""
    return {
        "title": title,
        "payload": f"/{intent}" + (json.dumps(entities, ensure_ascii=False) if entities else ""),
    }


def forget(*slots: str) -> list[EventType]:
    """Events that empty slots."""
    return [SlotSet(slot, None) for slot in slots]


class BankAction(Action, ABC):
    """An action named after its class: `CheckBalance` is `action_check_balance`.

    Attributes:
        needs_sign_in: without a customer the sign-in comes first, and this action after it.
        needs_fresh: the same for a sign-in that is too old for a payment.
    """

    needs_sign_in = False
    needs_fresh = False

    def name(self) -> str:
        return "action_" + re.sub(r"(?<!^)(?=[A-Z])", "_", type(self).__name__).lower()

    @abstractmethod
    def answer(self, turn: Turn) -> list[EventType]:
        """Do the work, say the answer, return the events. May block: it has a thread of its own."""

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        # The SDK runs all actions on one event loop: what blocks it would make every customer wait.
        return await asyncio.to_thread(self._guarded, Turn(dispatcher, tracker, domain))

    def _guarded(self, turn: Turn) -> list[EventType]:
        if self.needs_sign_in or self.needs_fresh:
            if turn.customer is None:
                return self._after_sign_in(turn)
            if self.needs_fresh and not turn.services.sessions.fresh(turn.conversation):
                turn.say("utter_sign_in_again")
                return [*self._after_sign_in(turn), SlotSet("customer_number", turn.customer.number)]
        if not turn.slot("resume"):
            return self.answer(turn)
        events = self.answer(turn)
        # No rule tells what comes after an action that a sign-in brought back, so it says so itself.
        ends = [] if any(one["event"] == "followup" for one in events) else [FollowupAction("action_listen")]
        return [*forget("resume"), *events, *ends]

    def _after_sign_in(self, turn: Turn) -> list[EventType]:
        said = {"action": self.name(), "text": turn.text, "entities": turn.message.get("entities", [])}
        return [
            SlotSet("resume", said),
            *forget("customer_number", "code_state"),
            FollowupAction("sign_in_form"),
        ]


class BankForm(FormValidationAction, ABC):
    """The validation of a form; `validate_<slot>(value, dispatcher, tracker, domain)` may block."""

    @property
    @abstractmethod
    def form(self) -> str:
        """The form's name in domain.yml."""

    needs_sign_in = True

    def name(self) -> str:
        return f"validate_{self.form}"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        return await asyncio.to_thread(self._guarded, dispatcher, tracker, domain)

    def _guarded(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        if self.needs_sign_in and Turn(dispatcher, tracker, domain).customer is None:
            # Signed out in the middle: the form ends here, and what submits it asks for a new sign-in.
            return [SlotSet("requested_slot", None)]
        # A slot that was emptied since the last form action is no answer of the user's to be judged.
        tracker.events = [one for one in tracker.events if one["event"] != "slot" or one["value"] is not None]
        return asyncio.run(super().run(dispatcher, tracker, domain))


def refuse(turn: Turn, slot: str, response: str, **values: Any) -> dict[str, Any]:
    """What a form does with a value that it can't use: say why and ask again, three times, then give up."""
    failures = (turn.slot("failures") or 0) + 1
    if failures >= MAX_FAILURES:
        return {slot: None, "failures": failures, "requested_slot": None}
    turn.say(response, **values)
    return {slot: None, "failures": failures}


def accept(slot: str, value: Any) -> dict[str, Any]:
    """What a form does with a good value: keep it, and forgive earlier failures."""
    return {slot: value, "failures": 0}


def gave_up(turn: Turn) -> bool:
    """Tell whether a form ended because the user failed too often."""
    return (turn.slot("failures") or 0) >= MAX_FAILURES


def last(value: Any) -> Any:
    """The last of several values for one slot: in "not Anna, to Ben" it is Ben who is meant."""
    return value[-1] if isinstance(value, list) and value else value


def wrong_draft(turn: Turn) -> bool:
    """Tell whether a pressed button belongs to another draft than the one that is open."""
    return bool(turn.entity("draft")) and turn.entity("draft") != turn.slot("draft")


def confirmation(turn: Turn, slot: str, value: Any, changes: tuple[str, ...]) -> dict[str, Any]:
    """Judge a yes or no: only for the open draft, and "no, make it 50" is a change rather than a no.

    Args:
        slot: the form's slot for the confirmation.
        changes: entities that change the draft when they come with the answer.
    """
    if wrong_draft(turn):
        turn.say("utter_draft_replaced")
        return {slot: None}
    if any(turn.entity(name) for name in changes):
        return {slot: None}
    return {slot: value}
