"""One dialogue: what is said, what must be answered, and what must have changed in the end."""

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from urllib.request import Request, urlopen

import yaml

from lam.conversations import Conversations
from lam.sessions import Sessions
from lam.settings import Settings
from lam.storage import open_database

_PATIENCE = 30.0  # seconds for one answer

#: State of the world as a flat mapping; a dialogue's effects are what differs before and after.
Snapshot = Callable[[Settings, str], Mapping[str, Any]]


@dataclass(frozen=True)
class Dialogue:
    """A dialogue from a YAML file.

    Attributes:
        turns: each with `user` (text) or `press` (a button's title), and `bot`: parts of answers.
        customer: who is signed in from the start, or None.
        effects: key of the snapshot to its new value, or a change such as "+1"; all else must stay as it was.
    """

    name: str
    turns: tuple[Mapping[str, Any], ...]
    customer: str | None = None
    effects: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Played:
    """How a dialogue went; `failure` is empty when all was as expected."""

    dialogue: Dialogue
    transcript: tuple[str, ...]
    failure: str
    seconds: float


def read_dialogues(*files: Path) -> list[Dialogue]:
    """Return the dialogues of YAML files, in their order.

    Raises:
        ValueError: a file holds something else.
    """
    found = []
    for file in files:
        for one in yaml.safe_load(file.read_text(encoding="utf-8")) or []:
            try:
                found.append(Dialogue(**{**one, "turns": tuple(one["turns"])}))
            except (TypeError, KeyError) as error:
                raise ValueError(
                    f"{file.name}: expected a list of name, turns, customer?, effects?: {error}."
                ) from None
    return found


def play(settings: Settings, dialogue: Dialogue, snapshot: Snapshot, watched: str) -> Played:
    """Play a dialogue through the edge, as the page does.

    Args:
        watched: the customer whose state is compared when nobody is signed in from the start.
    """
    began, transcript = monotonic(), list[str]()
    customer = dialogue.customer or watched
    before = snapshot(settings, customer)
    talk = _Talk(settings, dialogue.customer)
    failure = ""
    for turn in dialogue.turns:
        answers = talk.say(turn)
        transcript += [
            f"user: {turn.get('user') or '[' + turn['press'] + ']'}",
            *(f" bot: {one}" for one in answers),
        ]
        failure = _missing(turn.get("bot", []), "\n".join(answers))
        if failure:
            break
    if not failure:
        failure = _changed(before, snapshot(settings, customer), dialogue.effects or {})
    return Played(dialogue, tuple(transcript), failure, monotonic() - began)


class _Talk:
    """A conversation with the edge over HTTP."""

    def __init__(self, settings: Settings, customer: str | None) -> None:
        self._base = f"http://127.0.0.1:{settings.port}"
        database = open_database(settings.url("conversations"))
        self._conversations = Conversations(database)
        self._token = ""
        session = self._post("/api/session", {})
        self._conversation, self._token = session["conversation"], session["token"]
        if customer:
            Sessions(database, settings).bind(self._conversation, customer)
        self._last = 0

    def say(self, turn: Mapping[str, Any]) -> list[str]:
        body = {"id": str(uuid.uuid4())}
        if "press" in turn:
            offered = [payload for title, payload in self._buttons() if title == turn["press"]]
            if not offered:
                return [f"(no button {turn['press']!r} among {[title for title, _ in self._buttons()]})"]
            # The newest of this title, unless the dialogue presses an old one.
            body["payload"] = offered[turn.get("which", len(offered)) - 1]
        else:
            body["text"] = turn["user"]
        self._post("/api/messages", body)
        end = monotonic() + _PATIENCE
        while monotonic() < end:
            message = self._conversations.find(self._conversation, body["id"])
            if message and self._conversations.finished(message.seq):
                break
            sleep(0.03)
        new = self._answers(self._last)
        self._last = max((one.seq for one in new), default=self._last)
        return [
            "\n".join(
                [
                    one.text or "",
                    json.dumps(one.custom) if one.custom else "",
                    *(f"[{b.title}]" for b in one.buttons),
                ]
            )
            for one in new
        ]

    def _buttons(self) -> list[tuple[str, str]]:
        found = []
        for one in self._answers(0):
            found += [(button.title, button.payload) for button in one.buttons]
            cards = (one.custom or {}).get("cards", [])
            found += [(button["title"], button["payload"]) for card in cards for button in card["buttons"]]
        return found

    def _answers(self, after: int) -> list[Any]:
        return list(self._conversations.since(self._conversation, after))

    def _post(self, path: str, body: Mapping[str, Any]) -> Any:
        headers = {"Content-Type": "application/json"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        request = Request(self._base + path, json.dumps(body).encode(), headers)  # noqa: S310
        with urlopen(request, timeout=_PATIENCE) as answer:  # noqa: S310
            return json.load(answer)


def _missing(expected: list[str], said: str) -> str:
    place = 0
    for part in expected:
        found = said.find(part, place)
        if found < 0:
            return f"expected {part!r}, found {said!r}"
        place = found + len(part)
    return ""


def _changed(before: Mapping[str, Any], after: Mapping[str, Any], effects: Mapping[str, str]) -> str:
    for key in sorted({*before, *after, *effects}):
        old, new = before.get(key), after.get(key)
        expected = str(effects[key]) if key in effects else None
        if expected is None and old != new:
            return f"expected {key} to stay {old}, found {new}"
        if expected is not None:
            change = f"{new - (old or 0):+}" if expected[:1] in "+-" and new is not None else str(new)
            if change != expected:
                return f"expected {key} {expected}, found {change}"
    return ""
