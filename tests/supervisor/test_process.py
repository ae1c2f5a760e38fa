"""Child processes end with us, whatever happens."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lam.supervisor import process
from lam.supervisor.children import Child, Program, rotate
from lam.supervisor.process import run_child

STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("up", flush=True)
time.sleep(60)
"""
# A child that has a child of its own, in the same group.
FAMILY = """
import subprocess, sys, time
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
time.sleep(60)
"""


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False


def children_of(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def wait_until(condition, seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


async def until(condition) -> None:
    await asyncio.to_thread(wait_until, condition)


async def test_status_is_returned():
    assert await run_child([sys.executable, "-c", "raise SystemExit(3)"], os.environ) == 3


async def start(code: str, log=None) -> tuple[asyncio.Task, int]:
    before = set(children_of(os.getpid()))
    task = asyncio.create_task(run_child([sys.executable, "-c", code], os.environ, log))
    await until(lambda: set(children_of(os.getpid())) - before)
    return task, (set(children_of(os.getpid())) - before).pop()


async def test_cancelled_it_stops_the_whole_family():
    task, child = await start(FAMILY)
    await until(lambda: children_of(child))
    grandchildren = children_of(child)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not alive(child)
    wait_until(lambda: not any(alive(one) for one in grandchildren))


async def test_who_does_not_listen_is_killed(monkeypatch, tmp_path):
    monkeypatch.setattr(process, "GRACE", 0.2)
    with (tmp_path / "log").open("wb") as log:
        task, child = await start(STUBBORN, log)
        await until((tmp_path / "log").read_text)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert not alive(child)


async def test_a_second_cancel_ends_the_patience(tmp_path):
    with (tmp_path / "log").open("wb") as log:
        task, child = await start(STUBBORN, log)
        await until((tmp_path / "log").read_text)
        began = time.monotonic()
        task.cancel()
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert not alive(child) and time.monotonic() - began < 5


def test_a_second_ctrl_c_ends_the_patience_at_once():
    work = f"""
import asyncio, os, sys
from lam.supervisor.process import run_child
from lam.supervisor.up import _until_signal

async def work():
    async with asyncio.TaskGroup() as group:
        group.create_task(run_child([sys.executable, "-c", {STUBBORN!r}], os.environ))
        await asyncio.Event().wait()

asyncio.run(_until_signal(work(), lambda line: print(line, flush=True)))
"""
    parent = subprocess.Popen([sys.executable, "-c", work], stdout=subprocess.PIPE, text=True)
    assert parent.stdout.readline() == "up\n"
    (child,) = children_of(parent.pid)
    parent.send_signal(signal.SIGINT)
    assert parent.stdout.readline() == "Stopping.\n"
    began = time.monotonic()
    parent.send_signal(signal.SIGINT)
    assert parent.stdout.readline() == "Stopped.\n"
    assert parent.wait(timeout=10) == 0
    assert time.monotonic() - began < process.GRACE / 2
    assert not alive(child)


def test_a_killed_parent_takes_its_children_along():
    code = (
        "import asyncio, os, sys; from lam.supervisor.process import run_child;"
        "asyncio.run(run_child([sys.executable, '-c', 'import time; time.sleep(60)'], os.environ))"
    )
    parent = subprocess.Popen([sys.executable, "-c", code])
    wait_until(lambda: children_of(parent.pid))
    (child,) = children_of(parent.pid)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    wait_until(lambda: not alive(child))


async def test_what_ends_is_started_again_with_growing_pauses(tmp_path, monkeypatch):
    pauses, sleep = [], asyncio.sleep

    async def short(seconds: float) -> None:
        pauses.append(seconds)
        await sleep(0)

    monkeypatch.setattr("lam.supervisor.children.asyncio.sleep", short)
    told: list[str] = []
    program = Program(
        "engine",
        (sys.executable, "-c", "print('words'); raise SystemExit(7)"),
        os.environ,
        "http://127.0.0.1:1/",
    )
    child = asyncio.create_task(Child(program, tmp_path / "logs" / "engine.log", told.append).run())
    while len(told) < 3:
        await sleep(0.02)
    child.cancel()
    await asyncio.gather(child, return_exceptions=True)
    assert (
        told[0]
        == f"The engine ended (status 7, see {tmp_path}/logs/engine.log); starting it once more in 1 s."
    )
    assert [seconds for seconds in pauses if seconds >= 1][:2] == [1, 2]
    assert (tmp_path / "logs" / "engine.log").read_text().count("words") >= 3


def test_five_logs_are_kept(tmp_path):
    log = tmp_path / "engine.log"
    for start in range(8):
        rotate(log)
        log.write_text(str(start))
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "engine.log",
        *(f"engine.log.{n}" for n in range(1, 5)),
    ]
    assert (tmp_path / "engine.log.1").read_text() == "6" and (tmp_path / "engine.log.4").read_text() == "3"
