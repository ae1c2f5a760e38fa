"""`lam engine`: becomes `rasa run` with our channel alone, on loopback, with a model that is named."""

import os
from pathlib import Path
from typing import NoReturn

from lam.settings import SettingError, Settings
from lam.supervisor.environment import RASA, quiet_environment
from lam.supervisor.model import named_model, newest_model


def serve_engine(settings: Settings, root: Path) -> NoReturn:
    """Replace this process by the Rasa server.

    Raises:
        SettingError: there is no engine key, or no model.
    """
    if not settings.engine_key:
        raise SettingError("LAM_ENGINE_KEY: expected a key, found none. `lam up` makes one.")
    model = named_model(settings) or newest_model(root)
    command = (
        *RASA, "run",
        "--interface", "127.0.0.1", "--port", str(settings.engine_port), "--model", str(model),
        "--endpoints", str(root / "endpoints.yml"), "--credentials", str(root / "credentials.yml"),
    )  # fmt: skip
    # The same process: whoever started and watches `lam engine` watches the server.
    os.execve(command[0], command, quiet_environment())  # noqa: S606
