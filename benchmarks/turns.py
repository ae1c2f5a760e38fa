"""Two trainings in processes of their own that take turns, so that both have the same machine."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any

from lam.supervisor.environment import quiet_environment

Report = dict[str, Any]


class Turns:
    """What a training does between its epochs: it says how far it is, and waits until it is its turn.

    Only the time that it works counts. Its standard output is the line to `in_turn`; what else is printed
    goes to standard error.
    """

    def __init__(self) -> None:
        self._line = os.fdopen(os.dup(1), "w", buffering=1)
        os.dup2(2, 1)
        self._away = 0.0
        self._began = perf_counter()

    def begin(self) -> None:
        """Wait for the first turn; the time begins with it."""
        self._say({"seconds": 0.0})
        self._began = perf_counter()

    def seconds(self) -> float:
        """Return the seconds of work until now."""
        return perf_counter() - self._began - self._away

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Do something that is no work of the training's."""
        began = perf_counter()
        yield
        self._away += perf_counter() - began

    def pause(self, seconds: float) -> None:
        """Leave the turn to who has worked less; go on with the next one."""
        with self.aside():
            self._say({"seconds": seconds})

    def end(self, found: Report) -> None:
        """Give the turn away for good."""
        self._line.write(json.dumps({"found": found}) + "\n")

    def _say(self, report: Report) -> None:
        self._line.write(json.dumps(report) + "\n")
        if not sys.stdin.readline():
            raise SystemExit("Expected a turn, found that nobody gives one any more.")


def take_part(work: Callable[[dict[str, Any], Path, Turns], Report]) -> None:
    """Be one of two trainings: do what the file named on the command line asks for, and report it.

    Args:
        work: gets what is asked for, a scratch folder, and the turns to pause at.
    """
    asked = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as scratch:
        turns = Turns()
        turns.end(work(asked, Path(scratch), turns))


def in_turn(commands: Mapping[str, Sequence[str | Path]], root: Path) -> dict[str, Report]:
    """Run trainings until all have ended; next is always the one that has worked for the shortest time.

    Args:
        commands: by names; each is a process that uses `Turns`.
        root: where they run.

    Returns:
        What each has found.

    Raises:
        RuntimeError: one ended without a finding.
    """
    processes = {
        name: subprocess.Popen(
            command,
            cwd=root,
            env=quiet_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name, command in commands.items()
    }
    found: dict[str, Report] = {}
    try:
        worked = {name: _hear(name, process)["seconds"] for name, process in processes.items()}
        while worked:
            name = min(worked, key=worked.__getitem__)
            _write(processes[name])
            report = _hear(name, processes[name])
            if "found" in report:
                found[name] = report["found"]
                del worked[name]
            else:
                worked[name] = report["seconds"]
    finally:
        for process in processes.values():
            process.kill()
            process.wait()
    return found


def _write(process: subprocess.Popen[str]) -> None:
    assert process.stdin
    process.stdin.write("go\n")
    process.stdin.flush()


def _hear(name: str, process: subprocess.Popen[str]) -> Report:
    assert process.stdout
    line = process.stdout.readline()
    if not line:
        raise RuntimeError(
            f"{name}: expected a report, found the end of it ({process.wait()}). It says why above."
        )
    report: Report = json.loads(line)
    return report
