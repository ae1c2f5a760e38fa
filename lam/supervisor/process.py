"""Child processes: one process group each, that never outlives us, however we end."""

import asyncio
import ctypes
import os
import signal
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import IO

GRACE = 10.0  # seconds between "please stop" and the kill
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of Linux's prctl
_LIBC = ctypes.CDLL(None)


async def run_child(
    command: Sequence[str], environment: Mapping[str, str], output: IO[bytes] | None = None
) -> int:
    """Run a command to its end and return its exit status; cancelled, stop it with all that it started.

    Args:
        command: program and arguments.
        environment: all of its environment.
        output: where stdout and stderr go; our own by default.
    """
    process = await asyncio.create_subprocess_exec(
        *command,
        env=dict(environment),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        # Its own session: Ctrl-C in the terminal reaches us alone, and we stop the children in order.
        start_new_session=True,
        preexec_fn=_die_with(os.getpid()),
    )
    try:
        return await process.wait()
    finally:
        await _stop(process)


async def _stop(process: asyncio.subprocess.Process) -> None:
    try:
        if process.returncode is None:
            _signal_group(process.pid, signal.SIGTERM)
            await asyncio.wait_for(process.wait(), GRACE)
    except TimeoutError:
        pass
    finally:  # also when we are told a second time: no more patience
        _signal_group(process.pid, signal.SIGKILL)
        if process.returncode is None:
            await process.wait()


def _signal_group(group: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(group, number)


def _die_with(parent: int) -> Callable[[], None]:
    def arrange() -> None:
        _LIBC.prctl(_DIE_WITH_PARENT, signal.SIGKILL)
        if os.getppid() != parent:  # it died before we asked
            os._exit(1)

    return arrange
