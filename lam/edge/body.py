"""Reading a request's body: strict JSON with known fields, and texts that people may really have typed."""

import json
import unicodedata
from typing import Any, NoReturn

from sanic import Request

from lam.edge.errors import Problem

TEXT_LIMIT = 2000
PAYLOAD_LIMIT = 1000
_ALLOWED_CONTROLS = "\n\r\t"


def read_fields(request: Request, **expected: type) -> dict[str, Any]:
    """Read the body, a JSON object with no other fields than the expected ones.

    Args:
        request: the request.
        expected: the type of each field; a field may be missing, or null, which is the same.

    Raises:
        Problem: 415 without JSON's content type, 400 when the body is not such an object.
    """
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind != "application/json":
        raise Problem(
            415, "not_json", f"Expected Content-Type: application/json, found {kind[:60] or 'none'!r}."
        )
    try:
        body = json.loads(request.body.decode(), parse_constant=_no_constant)
    except UnicodeDecodeError:
        raise Problem(400, "not_utf8", "Expected a body in UTF-8; encode it so and send it again.") from None
    except (ValueError, RecursionError):
        raise Problem(400, "not_json", "Expected a JSON object in the body; this is not JSON.") from None
    if not isinstance(body, dict):
        raise Problem(400, "wrong_type", f"Expected a JSON object in the body, found {_name(body)}.")
    unknown = sorted(set(body) - set(expected))
    if unknown:
        shown = unknown[0][:40].encode("ascii", "backslashreplace").decode()
        raise Problem(
            400, "unknown_field", f"Expected only the fields {', '.join(expected)}, found {shown!r}."
        )
    for name, value in body.items():
        if value is not None and not isinstance(value, expected[name]):
            raise Problem(
                400, "wrong_type",
                f"{name}: expected {_name(expected[name]())}, found {_name(value)}.",
            )  # fmt: skip
    return {name: value for name, value in body.items() if value is not None}


def clean(name: str, text: str, limit: int = TEXT_LIMIT) -> str:
    """Return a text without blanks around it.

    Raises:
        Problem: it is empty, too long, or holds characters that no keyboard makes.
    """
    for character in text:
        category = unicodedata.category(character)
        if category == "Cs" or (category == "Cc" and character not in _ALLOWED_CONTROLS):
            raise Problem(
                400, "bad_characters",
                f"{name}: expected plain text, found the character U+{ord(character):04X}; leave it out.",
            )  # fmt: skip
    text = text.strip()
    if not text:
        raise Problem(400, "empty", f"{name}: expected some text, found none.")
    if len(text) > limit:
        raise Problem(400, "too_long", f"{name}: expected at most {limit:,} characters, found {len(text):,}.")
    return text


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _name(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "a string", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")
