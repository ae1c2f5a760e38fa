"""One dialogue: what is said, what must be answered, and what must have changed in the end."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any, Protocol

import yaml

from lam.conversations import Answer
from lam.dialogues.talk import Talk
from lam.settings import Settings

_SAYING = {"user", "press", "code", "rate", "later"}
_FIELDS = _SAYING | {"which", "reason", "bot", "not"}


class World(Protocol):
    """What a project tells of its world, in tests/conversations/world.py."""

    WATCHED: str
    """The customer whose state is compared when a dialogue names nobody."""

    def snapshot(self, settings: Settings, customer: str) -> Mapping[str, Any]:
        """Return the state as a flat mapping; a dialogue's effects are what differs before and after."""

    def code(self, settings: Settings) -> str:
        """Return the one-time code that was sent last."""


@dataclass(frozen=True)
class Dialogue:
    """A dialogue from a YAML file.

    Attributes:
        turns: each with one of `user` (text), `press` (a button's title, or its number in the newest answer),
            `code` (`right` or `wrong`), `rate` (`up` or `down`, of the newest answer, with a `reason`) and
            `later` (minutes in which who is signed in says nothing); `bot`: parts of the answers, in their
            order; `not`: parts that no answer may have. `which` presses not the newest of several equal
            buttons, but the one with this number. Whatever is said must be answered.
        customer: who is signed in from the start, or None.
        watched: whose effects are told; by default the customer's.
        effects: key of the snapshot to its new value, or a change such as "+1"; all else must stay as it was.
    """

    name: str
    turns: tuple[Mapping[str, Any], ...]
    customer: str | None = None
    watched: str | None = None
    effects: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Played:
    """How a dialogue went; `failure` is empty when all was as expected. `actions` are those that spoke."""

    dialogue: Dialogue
    transcript: tuple[str, ...]
    actions: frozenset[str]
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
                dialogue = Dialogue(**{**one, "turns": tuple(one["turns"])})
            except (TypeError, KeyError) as error:
                raise ValueError(
                    f"{file.name}: expected a list of name, turns, customer?, watched?, effects?: {error}."
                ) from None
            for turn in dialogue.turns:
                if not set(turn) <= _FIELDS or len(set(turn) & _SAYING) != 1:
                    raise ValueError(
                        f"{file.name}: {dialogue.name}: expected one of {', '.join(sorted(_SAYING))}, "
                        f"and bot or not, found {', '.join(turn)}."
                    )
            found.append(dialogue)
    return found


def play(settings: Settings, dialogue: Dialogue, world: World) -> Played:
    """Play a dialogue through the edge, as the page does."""
    began, transcript, actions = monotonic(), list[str](), set[str]()
    watched = dialogue.watched or dialogue.customer or world.WATCHED
    before = world.snapshot(settings, watched)
    talk = Talk(settings, dialogue.customer)
    failure = ""
    for turn in dialogue.turns:
        said = {name: value for name, value in turn.items() if name not in ("bot", "not")}
        transcript.append(f"user: {', '.join(f'{name} {value}' for name, value in said.items())}")
        try:
            answers = _take(turn, talk, world, settings)
        except (LookupError, OSError) as error:
            failure = f"{type(error).__name__}: {error}"
            break
        shown = [_shown(one) for one in answers]
        transcript += [f" bot: {one}" for one in shown]
        actions |= {one.action for one in answers if one.action}
        together = "\n".join(shown)
        failure = missing(turn.get("bot", []), together) or unwanted(turn.get("not", []), together)
        if failure:
            break
    if not failure:
        failure = unexpected(before, world.snapshot(settings, watched), dialogue.effects or {})
    return Played(dialogue, tuple(transcript), frozenset(actions), failure, monotonic() - began)


def _take(turn: Mapping[str, Any], talk: Talk, world: World, settings: Settings) -> list[Answer]:
    """Do what the turn says; return the answers."""
    if "rate" in turn:
        talk.rate(turn["rate"], turn.get("reason"))
        return []
    if "later" in turn:
        talk.pause(turn["later"])
        return []
    if "press" in turn:
        message = talk.send(payload=_pressed(turn, talk))
    else:
        message = talk.send(
            text=turn["user"] if "user" in turn else _code(turn["code"], world.code(settings))
        )
    answers = talk.wait(message)
    if not (answers and talk.answered(message)):
        raise TimeoutError(f"expected the message to be answered, found {len(answers)} answers so far")
    return answers


def _pressed(turn: Mapping[str, Any], talk: Talk) -> str:
    """Return the payload of the button that the turn presses."""
    chosen, which = turn["press"], int(turn.get("which", 0))
    if isinstance(chosen, int):
        newest = [one for one in talk.answers() if one.buttons][-1]
        return newest.buttons[chosen - 1].payload
    offered = talk.buttons()
    fitting = [one for one in offered if one.title == chosen]
    if not fitting:
        raise LookupError(f"expected a button {chosen!r}, found {[one.title for one in offered]}")
    return fitting[which - 1].payload


def _code(kind: str, right: str) -> str:
    return right if kind == "right" else f"{(int(right) + 1) % 10**6:06d}"


def _shown(answer: Answer) -> str:
    custom = json.dumps(answer.custom) if answer.custom else ""
    return "\n".join([answer.text or "", custom, *(f"[{one.title}]" for one in answer.buttons)])


def missing(expected: list[str], said: str) -> str:
    """Return what is missing in the answers, whose parts must come in this order; "" when nothing is."""
    place = 0
    for part in expected:
        found = said.find(part, place)
        if found < 0:
            return f"expected {part!r}, found {said!r}"
        place = found + len(part)
    return ""


def unwanted(barred: list[str], said: str) -> str:
    """Return which of the barred parts is in the answers; "" when none is."""
    return next((f"expected nothing like {part!r}, found {said!r}" for part in barred if part in said), "")


def unexpected(before: Mapping[str, Any], after: Mapping[str, Any], effects: Mapping[str, str]) -> str:
    """Return the first key of two snapshots that changed without being expected to, or didn't; else ""."""
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
