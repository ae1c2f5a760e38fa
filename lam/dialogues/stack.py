"""The whole assistant, started for a test: real processes on free ports, with databases of their own."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from time import monotonic, sleep
from urllib.error import URLError
from urllib.request import urlopen

from lam.settings import Settings

#: Dialogues speak of "last month" and "tomorrow": they all happen on this day.
PRESENT = "2026-11-02T12:00:00+00:00"
_PATIENCE = 240.0  # seconds until it must be ready


class NotStarted(RuntimeError):  # noqa: N818
    """The assistant did not become ready; the message ends with what it said."""


@contextmanager
def started(root: Path, home: Path, model: Path) -> Iterator[Settings]:
    """Run `lam up` until the block ends.

    Args:
        root: the Rasa project.
        home: an empty folder for databases, keys and logs.
        model: the archive to serve.

    Raises:
        NotStarted: it ended, or was not ready in four minutes.
    """
    ports = _free_ports(3)
    settings = replace(
        Settings(), home=home.resolve(), port=ports[0], engine_port=ports[1], actions_port=ports[2],
        now=PRESENT, model=str(model.resolve()), messages_per_minute=1000,
    )  # fmt: skip
    names = ("home", "port", "engine_port", "actions_port", "now", "model", "messages_per_minute")
    ours = {f"LAM_{name.upper()}": str(getattr(settings, name)) for name in names}
    others = {name: value for name, value in os.environ.items() if not name.startswith("LAM_")}
    said = home / "up.log"
    with said.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "lam", "up"],
            cwd=root,
            env={**others, **ours},
            stdout=output,
            stderr=output,
        )
    try:
        _wait(process, f"http://127.0.0.1:{settings.port}/health/ready", said)
        yield settings
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)


def _wait(process: "subprocess.Popen[bytes]", url: str, said: Path) -> None:
    end = monotonic() + _PATIENCE
    while monotonic() < end and process.poll() is None:
        try:
            with urlopen(url, timeout=2) as answer:  # noqa: S310
                if answer.status == 200:
                    return
        except (URLError, OSError):
            sleep(0.5)
    raise NotStarted(
        f"expected the assistant to be ready, found:\n{said.read_text(errors='replace')[-2000:]}"
    )


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in sockets]
    finally:
        for one in sockets:
            one.close()
