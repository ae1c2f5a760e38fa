"""`lam up` as people start it: from an empty folder to an answer, and an end without leftovers."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from lam.settings import Settings
from lam.supervisor.databases import open_bank

pytestmark = pytest.mark.processes

ROOT = Path(__file__).parents[2]
LAM = [sys.executable, "-m", "lam"]


class Assistant:
    """A project of its own, with the test bot, and `lam up` in it."""

    def __init__(self, root: Path) -> None:
        self.root, self.output = root, root / "output"
        shutil.copytree(
            ROOT / "tests/engine/bot", root, ignore=shutil.ignore_patterns("models"), dirs_exist_ok=True
        )
        for name in ("endpoints.yml", "credentials.yml", "webchat"):
            (root / name).symlink_to(ROOT / name)
        self.ports = free_ports(3)
        names = ("LAM_PORT", "LAM_ENGINE_PORT", "LAM_ACTIONS_PORT")
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("LAM_")},
            **dict(zip(names, map(str, self.ports), strict=True)),
            "COUNT_FILE": str(root / "effects"),
            "SLOW_FILE": str(root / "slow"),
        }

    def start(self) -> None:
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [*LAM, "up"], cwd=self.root, env=self.environment, stdout=output, stderr=output
            )
        self.wait_for("Ready after")

    def said(self) -> str:
        return self.output.read_text()

    def wait_for(self, words: str, seconds: float = 120) -> None:
        end = time.monotonic() + seconds
        while words not in self.said():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < end, self.said()
            time.sleep(0.1)

    def command(self, *arguments: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [*LAM, *arguments],
            cwd=self.root,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def say(self, text: str, message: str) -> list[str]:
        key = self.command("keys", "show", "rest").stdout.strip()
        url, headers = (
            f"http://127.0.0.1:{self.ports[0]}/rest/v1/messages",
            {"Authorization": f"Bearer {key}"},
        )
        end = time.monotonic() + 60
        while True:
            reply = requests.post(
                url, json={"sender": "ann", "text": text, "id": message}, headers=headers, timeout=60
            )
            assert reply.status_code in (200, 202), reply.text
            if reply.json()["complete"]:
                return [answer["text"] for answer in reply.json()["answers"]]
            assert time.monotonic() < end
            time.sleep(0.2)

    def children(self) -> dict[str, int]:
        found = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        names = {pid: Path(f"/proc/{pid}/cmdline").read_text().split("\0") for pid in found}
        return {"engine" if "run" in name else name[3]: int(pid) for pid, name in names.items()}


@pytest.fixture(scope="module")
def assistant(tmp_path_factory):
    running = Assistant(tmp_path_factory.mktemp("assistant"))
    running.start()
    yield running
    running.process.kill()
    running.process.wait()


def test_the_address_comes_first_and_is_true(assistant):
    page = f"http://127.0.0.1:{assistant.ports[0]}/"
    lines = assistant.said().splitlines()
    assert f"Chat page: {page}" in "\n".join(lines[:3])
    assert requests.get(page, timeout=5).status_code == 200
    assert requests.get(f"{page}health/ready", timeout=5).json()["engine"] == "ready"


def test_a_program_talks_and_is_understood(assistant):
    assert assistant.say("hello", "m1") == ["Hello!\n\nHow can I help?"]


def test_one_time_codes_are_shown(assistant):
    from bank.codes import OutboxSender

    database = open_bank(Settings(home=assistant.root / "var"))
    assert OutboxSender(database).send("10000001", "246810")
    assistant.wait_for("(10000001): 246810", seconds=5)


def test_only_loopback_and_private_files(assistant):
    listening = [line.split()[1] for line in Path("/proc/net/tcp").read_text().splitlines() if " 0A " in line]
    for port in assistant.ports:
        assert [one for one in listening if one.endswith(f":{port:04X}")] == [f"0100007F:{port:04X}"]
    assert all(path.stat().st_mode & 0o077 == 0 for path in (assistant.root / "var").rglob("*"))


def test_a_second_one_says_that_the_port_is_taken(assistant):
    done = assistant.command("up")
    assert done.returncode == 2
    assert done.stderr.startswith("lam: LAM_PORT: expected a free port") and done.stderr.count("\n") == 1


def test_what_is_killed_comes_back_and_nothing_is_lost(assistant):
    os.kill(assistant.children()["engine"], signal.SIGKILL)
    assistant.wait_for("The engine ended (status -9")
    assert len(assistant.say("count", "m2")) >= 1
    assistant.wait_for("The engine is ready again.")
    assert assistant.say("hello", "m1") == ["Hello!\n\nHow can I help?"]


def test_ctrl_c_stops_everything(assistant):
    children = assistant.children()
    assert len(children) == 3
    assistant.process.send_signal(signal.SIGINT)
    assert assistant.process.wait(timeout=20) == 0
    assert assistant.said().rstrip().endswith("Stopped.")
    assert not [pid for pid in children.values() if Path(f"/proc/{pid}").exists()]


def test_the_second_start_is_quick_and_a_killed_one_leaves_nothing(assistant):
    began = time.monotonic()
    assistant.start()
    assert "Training" not in assistant.said() and "Filled" not in assistant.said()
    assert time.monotonic() - began < 60
    children = assistant.children()
    assistant.process.kill()
    assistant.process.wait()
    end = time.monotonic() + 5
    while [pid for pid in children.values() if Path(f"/proc/{pid}").exists()]:
        assert time.monotonic() < end
        time.sleep(0.05)


def free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports
