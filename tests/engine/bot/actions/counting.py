"""An action with an effect that happens once a message, and one that fails."""

import asyncio
import os
from pathlib import Path

from rasa_sdk import Action, FormValidationAction
from rasa_sdk.events import FollowupAction


class Count(Action):
    """Writes down the message it runs for, in COUNT_FILE; then dawdles when SLOW_FILE exists."""

    def name(self):
        return "action_count"

    async def run(self, dispatcher, tracker, domain):
        number, slow = count(tracker.latest_message["message_id"])
        if slow:
            await asyncio.sleep(3)
        dispatcher.utter_message(response="utter_counted", number=number)
        return []


class Crash(Action):
    """Fails."""

    def name(self):
        return "action_crash"

    async def run(self, dispatcher, tracker, domain):
        raise RuntimeError("crash")


class Circle(Action):
    """Asks for itself, for ever."""

    def name(self):
        return "action_circle"

    async def run(self, dispatcher, tracker, domain):
        return [FollowupAction(self.name())]


class ValidateOrder(FormValidationAction):
    """A form needs one."""

    def name(self):
        return "validate_order_form"


def count(message):
    """Have the effect at most once a message, as a transfer has it once a draft; how often it ran is kept."""
    effects = Path(os.environ["COUNT_FILE"])
    done = effects.read_text().split() if effects.exists() else []
    effects.write_text(" ".join([*done, message]))
    return len({*done, message}), Path(os.environ["SLOW_FILE"]).exists()
