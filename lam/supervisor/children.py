"""Keeping a program running: start it, say when it is ready, start it again when it ends."""

import asyncio
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from time import monotonic

import aiohttp

from lam.settings import Settings
from lam.supervisor.environment import child_environment
from lam.supervisor.process import run_child

_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 30.0  # seconds before another start; doubles
_STABLE = 60.0  # who ran for so long starts again without a pause that has grown
_KEEP_LOGS = 5


@dataclass(frozen=True)
class Program:
    """What to keep running.

    Attributes:
        name: for people, and of its log file.
        command: program and arguments.
        environment: all of its environment.
        health: URL that answers 200 when it can serve.
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    health: str


@dataclass
class Child:
    """A program that is kept running by `run()`, until that is cancelled."""

    program: Program
    log: Path
    tell: Callable[[str], None]
    ready: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Start the program again and again; a pause grows while it keeps ending early."""
        rotate(self.log)
        pause = _FIRST_PAUSE
        while True:
            began = monotonic()
            status = await self._run_once()
            if monotonic() - began > _STABLE:
                pause = _FIRST_PAUSE
            again = "once more" if pause < _LONGEST_PAUSE else "again and again"
            self.tell(
                f"The {self.program.name} ended (status {status}, see {self.log}); "
                f"starting it {again} in {pause:.0f} s."
            )
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    async def _run_once(self) -> int:
        was_ready = self.ready.is_set()
        watch = asyncio.create_task(self._watch(was_ready))
        try:
            with self.log.open("ab") as output:
                return await run_child(self.program.command, self.program.environment, output)
        finally:
            watch.cancel()

    async def _watch(self, was_ready: bool) -> None:
        await _until_healthy(self.program.health)
        self.ready.set()
        if was_ready:
            self.tell(f"The {self.program.name} is ready again.")


def our_programs(settings: Settings, model: Path) -> dict[str, Program]:
    """Return edge, engine and actions, each with the keys that it needs.

    Args:
        settings: complete with keys.
        model: the archive that the engine serves; it may still be in training.
    """

    def program(name: str, command: str, health: str, *keys: str, **more: str) -> Program:
        run = (sys.executable, "-m", "lam", command)
        return Program(name, run, child_environment(settings, keys, **more), health)

    edge = f"{address(settings)}health/live"
    engine = f"http://127.0.0.1:{settings.engine_port}/webhooks/lam/ready"
    actions = f"http://127.0.0.1:{settings.actions_port}/health"
    return {
        "edge": program("edge", "serve", edge, "session", "rest", "embed", "engine"),
        "engine": program("engine", "engine", engine, "engine", "actions", model=str(model)),
        "actions": program("action server", "actions", actions, "actions"),
    }


def address(settings: Settings) -> str:
    """Return the URL of the chat page as somebody on this machine opens it."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.host, settings.host)  # noqa: S104
    return f"http://{host}:{settings.port}/"


def rotate(log: Path) -> None:
    """Make room for a new log: `engine.log` becomes `engine.log.1`, and so on; the oldest goes."""
    log.parent.mkdir(parents=True, exist_ok=True)
    names = [log, *(log.with_name(f"{log.name}.{number}") for number in range(1, _KEEP_LOGS))]
    for newer, older in reversed(list(pairwise(names))):
        if newer.exists():
            newer.replace(older)


async def _until_healthy(url: str) -> None:
    timeout = aiohttp.ClientTimeout(total=2)
    async with aiohttp.ClientSession(timeout=timeout) as client:
        while True:
            try:
                async with client.get(url) as response:
                    if response.status == 200:
                        return
            except (aiohttp.ClientError, TimeoutError):
                pass
            await asyncio.sleep(0.25)
