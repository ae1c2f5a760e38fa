"""What the engine accepts: a checked message, whose text can't pass for an intent."""

import json
import re
from dataclasses import dataclass
from typing import Any

LONGEST_TEXT = 20_000  # characters; the edge refuses far shorter ones
_LONGEST_ID = 255  # what the tables hold
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # no database takes NUL, no encoder a lone surrogate


class InvalidMessage(ValueError):  # noqa: N818
    """A request that isn't a message; the text says what was expected."""


@dataclass(frozen=True)
class Message:
    """One message of one user."""

    conversation: str
    id: str
    text: str


def read_message(body: bytes) -> Message:
    """Check the body of a request.

    Raises:
        InvalidMessage: it is not the JSON that `EngineChannel` describes.
    """
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError) as error:  # also what isn't UTF-8, or a million brackets
        raise InvalidMessage("Expected a JSON object.") from error
    if not isinstance(fields, dict):
        raise InvalidMessage(f"Expected a JSON object, found {type(fields).__name__}.")
    text, trusted = fields.get("text"), fields.get("trusted", False)
    if not isinstance(text, str) or not 0 < len(text) <= LONGEST_TEXT:
        raise InvalidMessage(f"text: expected a string of 1 to {LONGEST_TEXT} characters.")
    if not isinstance(trusted, bool):
        raise InvalidMessage("trusted: expected true or false.")
    text = _UNSTORABLE.sub("�", text)
    return Message(
        _identifier(fields, "conversation"), _identifier(fields, "message"), text if trusted else plain(text)
    )


def plain(text: str) -> str:
    """Return a text that Rasa won't read as `/intent{…}`, which skips the understanding and sets slots."""
    bare = text.strip()
    while bare.startswith("/"):  # Rasa strips blanks before it looks for the slash
        bare = bare.lstrip("/").strip()
    # Nothing but slashes and blanks: an empty text would count as no message at all.
    return bare or "?"


def _identifier(fields: dict[str, Any], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST_ID or not value.isprintable():
        raise InvalidMessage(f"{name}: expected a string of 1 to {_LONGEST_ID} printable characters.")
    return value
