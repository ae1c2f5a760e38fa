"""Keys: those of people outside stay in LAM_HOME/keys.json, those between our processes are new each time."""

import json
import os
import secrets
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from lam.settings import Secret, SettingError, Settings

_KEPT = ("session", "rest")
_FRESH = ("engine", "actions")


def with_keys(settings: Settings) -> Settings:
    """Return the settings with every key that the environment left empty.

    Raises:
        SettingError: the file of keys can't be read, or LAM_HOME is no folder that could hold it.
    """
    kept = _kept(settings.home / "keys.json")
    made: dict[str, Any] = {
        f"{name}_key": getattr(settings, f"{name}_key") or kept.get(name) or Secret(secrets.token_urlsafe(32))
        for name in (*_KEPT, *_FRESH)
    }
    return replace(settings, **made)


def _kept(path: Path) -> dict[str, Secret]:
    if not path.exists():
        try:
            _write(path)
        except OSError as error:
            raise SettingError(
                f"LAM_HOME: expected a folder to write in, found {path.parent} ({error.strerror}). "
                "Name another, or make it writable."
            ) from None
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return {name: Secret(found[name]) for name in _KEPT}
    except (ValueError, KeyError, TypeError) as error:
        raise SettingError(
            f"{path}: expected the keys {', '.join(_KEPT)} as JSON. Delete the file to get new ones; "
            "people then sign in again, and programs need the new REST key."
        ) from error


def _write(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(dir=path.parent)  # readable by the owner alone, from its first byte on
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump({name: secrets.token_urlsafe(32) for name in _KEPT}, file)
    try:
        os.link(part, path)  # unless another start was faster
    except FileExistsError:
        pass
    finally:
        os.unlink(part)
