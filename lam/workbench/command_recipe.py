"""A recipe from a Rasa config.yml and from `key=value`, each key and value checked; and back into one."""

import dataclasses
import difflib
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from lam.understanding.recipe import Recipe
from lam.workbench.terminal import CommandError

_COMPONENT = "BertIntentClassifier"
_PATH = f"lam.components.bert_intent_classifier.{_COMPONENT}"
#: What else the component's entry in a config.yml may say; it matters to Rasa only.
ADAPTER_KEYS = (
    "name", "ranking_length", "entity_recognition", "explain",
    "contexts", "stories", "domain", "state", "report",
)  # fmt: skip
#: The keys of a recipe.
KEYS = tuple(field.name for field in dataclasses.fields(Recipe))
_KINDS = {bool: "true or false", int: "a whole number", float: "a number", str: "a word"}


def read_recipe(config: Path | None = None, settings: Sequence[str] = ()) -> Recipe:
    """Return the recipe that a Rasa config gives its BertIntentClassifier, changed by settings.

    Args:
        config: a config.yml; None: the defaults.
        settings: each `key=value`.

    Raises:
        CommandError: the file has no such component, or a key or a value is none of a recipe.
    """
    values: dict[str, Any] = {}
    if config:
        entry = _entry(config)
        values = {key: _checked(key, entry[key], config.name) for key in entry if key not in ADAPTER_KEYS}
    for setting in settings:
        key, equals, value = setting.partition("=")
        if not equals:
            raise CommandError(f"--set: expected key=value, found {setting!r}.")
        values[key.strip()] = _checked(key.strip(), value.strip(), "--set")
    try:
        return Recipe(**values)
    except ValueError as error:
        raise CommandError(str(error)) from error


def write_recipe(recipe: Recipe, config: Path | None = None) -> str:
    """Return what gives a recipe back when `read_recipe` reads it: an entry for the pipeline of a config.yml.

    Args:
        recipe: what differs from the defaults is written.
        config: a config.yml; what else its entry says is kept.
    """
    entry = _entry(config) if config else {"name": _PATH}
    values = {key: getattr(recipe, key) for key in KEYS}
    entry |= {key: one for key, one in values.items() if key in entry or one != getattr(Recipe, key)}
    return yaml.safe_dump({"pipeline": [entry]}, sort_keys=False, allow_unicode=True)


def _entry(config: Path) -> dict[str, Any]:
    """Return the component's entry in the pipeline of a config."""
    try:
        pipeline = yaml.safe_load(config.read_text(encoding="utf-8"))["pipeline"]
        entries = [one for one in pipeline if one["name"].split(".")[-1] == _COMPONENT]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, yaml.YAMLError) as error:
        raise CommandError(
            f"{config}: expected a Rasa config with a pipeline; {type(error).__name__}: {error}"
        ) from error
    if len(entries) != 1:
        raise CommandError(f"{config}: expected one {_COMPONENT} in its pipeline, found {len(entries)}.")
    return dict(entries[0])


def _checked(key: str, value: Any, where: str) -> Any:
    """Return a value as its field has it; numbers may also be written as words."""
    if key not in KEYS:
        near = difflib.get_close_matches(key, KEYS, 1)
        hint = f"Did you mean {near[0]}?" if near else f"Take one of {', '.join(KEYS)}."
        raise CommandError(f"{where}: expected a key of a recipe, found {key!r}. {hint}")
    kind = type(getattr(Recipe, key))
    try:
        return _as(kind, value)
    except (ValueError, KeyError, OverflowError):
        raise CommandError(f"{where}: {key}: expected {_KINDS[kind]}, found {value!r}.") from None


def _as(kind: Any, value: Any) -> Any:
    """Return a value as one of a kind, or raise: no fraction is cut off, and nothing is nearly true."""
    if kind is bool and isinstance(value, str):
        return {"true": True, "false": False}[value.lower()]
    possible = (int, float, str) if kind in (int, float) else kind
    if not isinstance(value, possible) or (isinstance(value, bool) and kind is not bool):
        raise ValueError
    made = kind(value)
    if kind in (int, float) and (made != float(value) or not math.isfinite(made)):
        raise ValueError
    return made
