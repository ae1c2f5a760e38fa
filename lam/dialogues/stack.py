"""The whole assistant, started for a test: real processes on free ports, with databases of their own."""

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from urllib.request import urlopen

from lam.settings import Secret, Settings
from lam.supervisor.environment import quiet_environment
from lam.supervisor.keys import with_keys

#: Dialogues speak of "last month" and "tomorrow": they all happen on this day.
PRESENT = "2026-11-02T12:00:00+00:00"
_PATIENCE = 240.0  # seconds until it must be ready


class NotStarted(RuntimeError):  # noqa: N818
    """The assistant did not become ready; the message ends with what it said."""


def free_settings(home: Path, model: Path, **more: Any) -> Settings:
    """Return settings with ports that are free now, keys, and no limit that a test would meet.

    Args:
        home: the folder for databases, keys and logs.
        model: the archive to serve.
        more: further settings, such as `database_url`.
    """
    port, engine, actions = _free_ports(3)
    settings = Settings(
        home=home.resolve(), port=port, engine_port=engine, actions_port=actions,
        now=PRESENT, model=str(model.resolve()), messages_per_minute=100_000, **more,
    )  # fmt: skip
    return with_keys(settings)


@dataclass(frozen=True)
class Running:
    """The started assistant. `supervisor` is the process id of its `lam up`."""

    settings: Settings
    supervisor: int

    def ready(self) -> bool:
        """Tell whether edge, engine and actions can serve."""
        try:
            with urlopen(f"http://127.0.0.1:{self.settings.port}/health/ready", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def processes(self) -> dict[str, int]:
        """Return the process ids of `edge`, `engine` and `actions`, as far as they run."""
        children = Path(f"/proc/{self.supervisor}/task/{self.supervisor}/children").read_text().split()
        found = {}
        for pid in children:
            words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
            name = next((name for word, name in _WORDS.items() if word in words), None)
            if name is not None:
                found[name] = int(pid)
        return found


# What tells them apart in their command lines: `lam engine` becomes `rasa run`.
_WORDS = {"serve": "edge", "actions": "actions", "engine": "engine", "run": "engine"}


@contextmanager
def started(root: Path, home: Path, model: Path, **more: Any) -> Iterator[Running]:
    """Run `lam up` until the block ends.

    Args:
        root: the Rasa project.
        home: a folder for databases, keys and logs; made when it is missing.
        model: the archive to serve.
        more: further settings, such as `database_url`.

    Raises:
        NotStarted: it ended, or was not ready in four minutes.
    """
    home.mkdir(parents=True, exist_ok=True)
    settings = free_settings(home, model, **more)
    command = (sys.executable, "-m", "lam", "up")
    ready = f"http://127.0.0.1:{settings.port}/health/ready"
    with launched(command, root, environment(settings), ready, home / "up.log") as process:
        yield Running(settings, process.pid)


@contextmanager
def launched(
    command: Sequence[str], folder: Path, variables: Mapping[str, str], ready: str, said: Path
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a program in a folder until the block ends, which begins when the URL `ready` answers 200.

    Raises:
        NotStarted: it ended, or was not ready in four minutes; `said` has its output.
    """
    with said.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603
            command, cwd=folder, env=variables, stdout=output, stderr=output
        )
    try:
        _wait(process, ready, said)
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)


def environment(settings: Settings) -> dict[str, str]:
    """Return our environment with these settings in the place of its own."""
    others = {name: value for name, value in quiet_environment().items() if not name.startswith("LAM_")}
    given = {one.name: getattr(settings, one.name) for one in fields(settings)}
    return others | {
        f"LAM_{name.upper()}": value.reveal() if isinstance(value, Secret) else str(value)
        for name, value in given.items()
    }


def _wait(process: "subprocess.Popen[bytes]", url: str, said: Path) -> None:
    end = monotonic() + _PATIENCE
    while monotonic() < end and process.poll() is None:
        try:
            with urlopen(url, timeout=2) as answer:  # noqa: S310
                if answer.status == 200:
                    return
        except OSError:
            sleep(0.1)
    raise NotStarted(f"expected an answer of {url}, found:\n{said.read_text(errors='replace')[-2000:]}")


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in sockets]
    finally:
        for one in sockets:
            one.close()
