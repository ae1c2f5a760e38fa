"""`lam up`: the whole assistant in one terminal, from empty databases to a chat page, until Ctrl-C."""

import asyncio
import signal
import socket
from collections.abc import Callable, Coroutine
from pathlib import Path
from time import monotonic
from typing import Any

from lam.settings import SettingError, Settings
from lam.supervisor.children import Child, address, our_programs
from lam.supervisor.chores import book_payments, show_codes
from lam.supervisor.databases import migrate_all, seed_bank
from lam.supervisor.keys import with_keys
from lam.supervisor.model import model_path, named_model, train

Tell = Callable[[str], None]


def up(settings: Settings, root: Path, tell: Tell) -> None:
    """Run edge, engine and actions until SIGINT, SIGTERM or SIGHUP; then stop them and return.

    Raises:
        SettingError: a port is taken, a database or the named model is missing, or `root` is no Rasa project.
        TrainingFailed: there is no model for the present data, and none could be trained.
    """
    model = named_model(settings) or model_path(root)
    _expect_free_ports(settings)
    settings = with_keys(settings)
    migrate_all(settings)
    if seed_bank(settings):
        tell("Filled the demonstration bank.")
    asyncio.run(_until_signal(_run(settings, root, model, tell), tell))


async def _until_signal(work: Coroutine[Any, Any, None], tell: Tell) -> None:
    task, waiting = asyncio.create_task(work), asyncio.current_task()
    told = False

    def stop() -> None:
        nonlocal told
        if not told:
            tell("Stopping.")
            told = True
            task.cancel()
            return
        # A second signal ends the patience of the first. It goes to every task by itself: a TaskGroup that is
        # ending already would keep another cancel from its tasks.
        for one in asyncio.all_tasks() - {waiting}:
            one.cancel()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stop)
    try:
        await task
    except asyncio.CancelledError:
        if not told:
            raise
        tell("Stopped.")


async def _run(settings: Settings, root: Path, model: Path, tell: Tell) -> None:
    began = monotonic()
    logs = settings.home / "logs"
    programs = our_programs(settings, model)
    children = {name: Child(program, logs / f"{name}.log", tell) for name, program in programs.items()}
    tell(f"Chat page: {address(settings)} (starting; it says when it is ready)")
    tell(f"Logs: {logs}/  Key for programs: lam keys show rest")
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(children["edge"].run())
            group.create_task(show_codes(settings, tell))
            group.create_task(book_payments(settings, tell))
            if not settings.model:
                await train(root, tell)
            group.create_task(children["actions"].run())
            group.create_task(children["engine"].run())
            await asyncio.gather(*(child.ready.wait() for child in children.values()))
            tell(f"Ready after {monotonic() - began:.0f} s: {address(settings)}  (Ctrl-C stops everything)")
    except* Exception as errors:
        raise errors.exceptions[0] from None


def _expect_free_ports(settings: Settings) -> None:
    ports = {
        "port": (settings.host, settings.port),
        "engine_port": ("127.0.0.1", settings.engine_port),
        "actions_port": ("127.0.0.1", settings.actions_port),
    }
    if len({port for _, port in ports.values()}) < len(ports):
        raise SettingError("LAM_PORT, LAM_ENGINE_PORT, LAM_ACTIONS_PORT: expected three different ports.")
    for name, (host, port) in ports.items():
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            # As the servers do; else a port counts as taken for a minute after a stop.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                raise SettingError(
                    f"LAM_{name.upper()}: expected a free port, found {host}:{port} ({error.strerror}). "
                    "Is lam running already? Stop it, or set another port."
                ) from None
