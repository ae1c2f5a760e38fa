"""How answers and lines look in JSON, for the page and for programs."""

from typing import Any

from lam.conversations import Answer, Line


def answer_json(answer: Answer) -> dict[str, Any]:
    """Return what people may see of an answer."""
    return {
        "id": answer.id,
        "seq": answer.seq,
        "message": answer.message,
        "kind": answer.kind,
        "text": answer.text,
        "buttons": [{"title": one.title, "payload": one.payload} for one in answer.buttons],
        "image": answer.image,
        "custom": answer.custom,
        "at": answer.created_at.isoformat(),
    }


def line_json(line: Line, ratings: dict[str, Any]) -> dict[str, Any]:
    """Return a line of a conversation: `from` is `user` or `bot`; a bot's line has its rating, if any."""
    if line.answer is not None:
        return {"from": "bot", **answer_json(line.answer), "rating": ratings.get(line.answer.id)}
    if line.message is not None:
        message = line.message
        return {
            "from": "user",
            "seq": message.seq,
            "id": message.client_id,
            "text": message.text,
            "at": message.at.isoformat(),
        }
    raise ValueError(f"Expected a message or an answer at position {line.position}, found neither.")
