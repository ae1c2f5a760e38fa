"""What all actions share: a view of the turn, the sign-in guard, and work that stays off the event loop."""

import asyncio
import json
import re
import uuid
from abc import ABC, abstractmethod
from functools import cached_property
from itertools import dropwhile, takewhile
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, EventType, FollowupAction, SlotSet
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
        #: What the action answers: this message, or the question that a sign-in has kept waiting.
        self.message: dict[str, Any] = tracker.latest_message

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

    @property
    def text(self) -> str:
        """The words of the message; "" for a pressed button, whose payload nobody said."""
        text = self.message.get("text") or ""
        return "" if text.startswith("/") else text

    @property
    def before(self) -> str:
        """What the bot had said when the message came, "" for the first one; the model reads it, too."""
        events = dropwhile(lambda one: one["event"] != "user", reversed(self.tracker.events))
        next(events, None)  # the message itself
        between = takewhile(lambda one: one["event"] != "user", events)
        said = [one["text"] for one in between if one["event"] == "bot" and one.get("text")]
        return " ".join(reversed(said))

    @property
    def key(self) -> str:
        """Names this turn, the same again when it is run again after a failure: makes effects idempotent."""
        return str(
            uuid.uuid5(uuid.NAMESPACE_OID, f"{self.conversation} {self.tracker.latest_message['message_id']}")
        )

    def slot(self, name: str) -> Any:
        return self.tracker.get_slot(name)

    def replaced(self, slot: str, value: Any) -> Any:
        """What a slot held before this message gave it this value."""
        held = (one["value"] for one in reversed(self.tracker.events)
                if one["event"] == "slot" and one["name"] == slot)  # fmt: skip
        return next((one for one in held if one != value), None)

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
                return self._after_sign_in(turn, turn.customer.number)
        resume = turn.slot("resume") or {}
        # What waits for a sign-in that is still going on is none of this action's business.
        if not (resume.get("signed_in") and resume["action"] == self.name()):
            return self.answer(turn)
        turn.message = resume
        events = self.answer(turn)
        # No rule tells what comes after an action that a sign-in brought back, so it says so itself.
        ends = [] if any(one["event"] == "followup" for one in events) else [FollowupAction("action_listen")]
        return [*forget("resume"), *events, *ends]

    def _after_sign_in(self, turn: Turn, number: str | None = None) -> list[EventType]:
        """Ask for a sign-in, of a known customer by the code alone, and come back here with this message."""
        said = {"action": self.name(), "text": turn.text, "entities": turn.message.get("entities", [])}
        sign_in = [SlotSet("resume", said), FollowupAction("sign_in_form")]
        under_way = turn.tracker.active_loop_name == "sign_in_form"
        if under_way and turn.services.sessions.pending(turn.conversation):
            return sign_in  # the code that was sent is still good; only what follows it is another
        if number:
            turn.say("utter_sign_in_again")
        # Only a form that starts looks at a number that it is given, and sends the code.
        start = [ActiveLoop(None), *forget("requested_slot", "code_state")]
        return [*start, SlotSet("customer_number", number), *sign_in]


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
            # Nobody has judged a yes that came just now: it may belong to another draft, so it is forgotten.
            unjudged = [
                slot for slot in self.domain_slots(domain)
                if slot.endswith("_confirmed") and tracker.get_slot(slot) is not None
            ]  # fmt: skip
            return [SlotSet("requested_slot", None), *forget(*unjudged)]
        # A slot that was emptied since the last form action is no answer of the user's to be judged.
        said = list(takewhile(lambda one: one["event"] == "slot", reversed(tracker.events)))[::-1]
        tracker.events[len(tracker.events) - len(said) :] = [one for one in said if one["value"] is not None]
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
