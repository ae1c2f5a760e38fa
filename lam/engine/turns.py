"""From the stored events of a turn to what the engine answers over HTTP."""

from collections.abc import Iterable
from typing import Any

# Actions that say nothing about what was decided: Rasa runs them by itself.
_HOUSEKEEPING = {"action_session_start", "action_listen", "action_extract_slots"}


def reply(events: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Describe a turn: how the user was understood, what was done, what the bot said.

    Args:
        events: the turn's events in order, as the tracker store keeps them.

    Returns:
        `model_id`, `intent`, `confidence`, `action` (the first one decided on), and `answers`: each `text`,
        `buttons`, `image`, `custom`, `timestamp` (Unix, unique in the conversation), `action` that said it,
        `response` (name in domain.yml).
    """
    found: dict[str, Any] = {"model_id": None, "intent": None, "confidence": None, "action": None}
    answers: list[dict[str, Any]] = []
    running = "action_extract_slots"  # what runs before the first action of a turn, and may speak
    for event in events:
        match event["event"]:
            case "user":
                intent = event.get("parse_data", {}).get("intent") or {}
                found["intent"], found["confidence"] = intent.get("name"), intent.get("confidence")
            case "action":
                running = event["name"] or event.get("action_text") or running
                if found["action"] is None and running not in _HOUSEKEEPING:
                    found["action"] = running
            case "bot":
                answer = _answer(event, running)
                if answer is not None:
                    answers.append(answer)
        found["model_id"] = event.get("metadata", {}).get("model_id", found["model_id"])
    return {**found, "answers": answers}


def _answer(event: dict[str, Any], action: str) -> dict[str, Any] | None:
    data = event.get("data") or {}
    answer = {
        "text": event.get("text") or "",
        "buttons": [
            {"title": str(button.get("title", "")), "payload": str(button.get("payload", ""))}
            for button in (data.get("buttons") or data.get("quick_replies") or [])
        ],
        "image": data.get("image"),
        "custom": data.get("custom"),
    }
    if not any(answer.values()):
        return None
    return {
        **answer,
        "timestamp": event["timestamp"],
        "action": action,
        "response": event.get("metadata", {}).get("utter_action"),
    }
