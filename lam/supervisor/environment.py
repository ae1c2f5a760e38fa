"""The environment of child processes: quiet terminals, and only the keys that each one needs."""

import os
import sys
from collections.abc import Iterable

from lam.settings import Settings

#: Rasa's own command, in this Python.
RASA = (sys.executable, "-m", "lam.engine.quiet_rasa")

_QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "2",  # TensorFlow tells of every GPU that it doesn't find
    "PYTHONWARNINGS": "ignore",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "PYTHONUNBUFFERED": "1",
}


def quiet_environment() -> dict[str, str]:
    """Return this process's environment with the noise of the libraries turned off."""
    return {**os.environ, **_QUIET}


def child_environment(settings: Settings, keys: Iterable[str] = (), **more: str) -> dict[str, str]:
    """Return the environment of one of our processes.

    Args:
        settings: complete with keys.
        keys: which keys the process gets, such as `engine`; no others.
        more: further settings, such as `model`.
    """
    ours = {f"LAM_{name.upper()}_KEY": getattr(settings, f"{name}_key").reveal() for name in keys}
    ours |= {f"LAM_{name.upper()}": value for name, value in more.items()}
    inherited = {
        name: value
        for name, value in quiet_environment().items()
        if not (name.startswith("LAM_") and name.endswith("_KEY"))
    }
    return {**inherited, **ours}
