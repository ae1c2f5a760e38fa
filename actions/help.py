"""When the assistant is not sure, or a person is wanted."""

from rasa_sdk.events import ActiveLoop, EventType, SlotSet

from actions.base import BankAction, Turn, button, forget
from lam.understanding.archive import load_classifier

_OPEN_SLOTS = (
    "transfer_payee", "transfer_amount", "transfer_account", "transfer_date", "transfer_confirmed",
    "replacement_card", "replacement_reason", "replacement_confirmed",
    "disputed_transaction", "dispute_reason", "dispute_confirmed",
    "customer_number", "code_state", "resume", "draft",
)  # fmt: skip
READINGS = 3


class OfferReadings(BankAction):
    """Two-stage fallback: first the three best readings as buttons, then a person."""

    def answer(self, turn: Turn) -> list[EventType]:
        if self._offered_before(turn):
            turn.say("utter_offer_human")
            return []
        model = next(
            (event["metadata"]["model_id"] for event in reversed(turn.tracker.events)
             if "model_id" in (event.get("metadata") or {})), None,
        )  # fmt: skip
        classifier = load_classifier(model, turn.services.models)
        reading = classifier.predict([turn.text], contexts=[turn.before])[0]
        titled = [(intent, turn.words(f"utter_reading_{intent}")) for intent, _ in reading.ranking]
        turn.say(
            "utter_offer_readings", [button(title, intent) for intent, title in titled if title][:READINGS]
        )
        return []

    def _offered_before(self, turn: Turn) -> bool:
        """Tell whether the turn before this one ended here, too."""
        messages = 0
        for event in reversed(turn.tracker.events):
            messages += event["event"] == "user"
            if messages == 2:
                return False
            if messages == 1 and event["event"] == "action" and event["name"] == self.name():
                return True
        return False


class OpenTicket(BankAction):
    """A stored ticket with its number, for a complaint or for who wants a person."""

    def answer(self, turn: Turn) -> list[EventType]:
        complaint = turn.tracker.latest_message["intent"]["name"] == "complaint"
        number = turn.services.tickets.open(
            turn.conversation, turn.customer.number if turn.customer else None, self._summary(turn), turn.key
        )
        turn.say("utter_complaint_ticket" if complaint else "utter_ticket", number=number)
        return []

    def _summary(self, turn: Turn) -> str:
        said = [
            event["text"] for event in turn.tracker.events if event["event"] == "user" and event.get("text")
        ]
        return "\n".join(said[-5:])


class CancelForm(BankAction):
    def answer(self, turn: Turn) -> list[EventType]:
        # Six digits are a number again, and no code.
        turn.services.sessions.end_challenge(turn.conversation)
        turn.say("utter_cancelled")
        return [
            ActiveLoop(None),
            SlotSet("requested_slot", None),
            SlotSet("failures", 0),
            *forget(*_OPEN_SLOTS),
        ]


class Settle(BankAction):
    """A yes with nothing open: an old button, or a word by itself. Nothing happens, and the user reads so."""

    def answer(self, turn: Turn) -> list[EventType]:
        turn.say("utter_draft_replaced" if turn.entity("draft") else "utter_nothing_open")
        return []
