"""What the bot has said, as Rasa keeps it."""

from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker


def last_turn(tracker: DialogueStateTracker) -> str:
    """Return what the bot has said since the user spoke last, empty when that is nothing."""
    said = []
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            break
        if isinstance(event, BotUttered) and event.text:
            said.append(event.text)
    return " ".join(reversed(said))
