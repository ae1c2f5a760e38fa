"""The scripts behind `make`, run in a folder where stand-ins say what they were asked."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


class Project:
    """A folder with one of our scripts, and programs that write down their arguments."""

    def __init__(self, folder: Path, script: str) -> None:
        self.folder, self.script = folder, f"scripts/{script}"
        (folder / "scripts").mkdir()
        shutil.copy(ROOT / self.script, folder / self.script)

    def program(self, name: str, lines: str = "") -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f'#!/bin/sh\necho "{path.name} $*" >> "{self.folder}/asked"\n{lines}\n')
        path.chmod(0o755)

    def run(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run the script; programs in `bin` come before the system's."""
        others = {name: value for name, value in os.environ.items() if not name.startswith(("LAM_", "CI"))}
        path = f"{self.folder}/bin:{os.environ['PATH']}"
        return subprocess.run(
            ["bash", self.script, *arguments], cwd=self.folder, env={**others, "PATH": path, **variables},
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    def asked(self, word: str) -> list[str]:
        return [line for line in (self.folder / "asked").read_text().splitlines() if word in line]


@pytest.fixture
def check(tmp_path: Path) -> Project:
    project = Project(tmp_path, "check")
    for tool in ("ruff", "mypy"):
        project.program(f".venv/bin/{tool}")
    return project


@pytest.mark.parametrize("status", [0, 1])
def test_a_service_that_answers_is_asked_about_the_lock(check: Project, status: int) -> None:
    # pip-audit exits 1 when it finds something, as it does for the probe.
    check.program(
        ".tools/bin/pip-audit",
        f'case "$*" in *probe*) echo "jinja2 2.4.1 PYSEC-2014-8"; exit 1;; *) exit {status};; esac',
    )
    done = check.run()
    assert check.asked("requirements.lock")
    assert done.returncode == status and "NOT AUDITED" not in done.stderr


def test_without_a_service_nothing_counts_as_audited(check: Project) -> None:
    check.program(".tools/bin/pip-audit", "echo no connection >&2; exit 1")
    done = check.run()
    assert done.returncode == 0 and "NOT AUDITED" in done.stderr and not check.asked("requirements.lock")
    assert check.run(LAM_CHECK_REQUIRE_AUDIT="1").returncode == 1


@pytest.fixture
def suite(tmp_path: Path) -> Project:
    project = Project(tmp_path, "test")
    project.program("bin/psql", "exit 2")
    project.program(".venv/bin/lam")
    return project


def statuses(project: Project, quick: int, heavy: int) -> None:
    """Let pytest end with a status for the quick tests, and another for those with weights."""
    lines = f'case "$*" in *"-m not ("*) exit {quick};; *) exit {heavy};; esac'
    project.program(".venv/bin/python", f'echo "url=$LAM_TEST_POSTGRES_URL" >> asked\n{lines}')


@pytest.mark.parametrize(
    ("quick", "heavy", "status", "trained"),
    [(0, 5, 0, False), (5, 0, 0, True), (5, 5, 5, False), (1, 0, 1, False), (0, 1, 1, True)],
)
def test_chosen_tests_train_only_what_they_need(
    suite: Project, quick: int, heavy: int, status: int, trained: bool
) -> None:
    statuses(suite, quick, heavy)
    assert suite.run("tests/bank/test_x.py").returncode == status
    assert bool(suite.asked("lam train")) == trained


def test_a_whole_suite_without_tests_is_a_mistake(suite: Project) -> None:
    statuses(suite, 5, 0)
    assert suite.run().returncode == 5


@pytest.mark.parametrize(("status", "used"), [(0, True), (2, False)])
def test_a_database_server_is_used_only_when_it_lets_us_in(suite: Project, status: int, used: bool) -> None:
    statuses(suite, 0, 0)
    suite.program("bin/psql", f"exit {status}")
    suite.run()
    assert bool(suite.asked("url=postgresql://")) == used


@pytest.fixture
def install(tmp_path: Path) -> Project:
    """The installer where all of the lock is installed, and no Debian package is to be had."""
    project = Project(tmp_path, "install")
    project.program("bin/apt-get", "echo no network >&2; exit 100")
    project.program("bin/id", "echo 0")
    for name in ("requirements.lock", "requirements-spark.lock", "pyproject.toml"):
        (tmp_path / name).write_text("")
    for tool in ("bash", "cat", "cut", "dirname", "sha256sum"):
        (tmp_path / "bin" / tool).symlink_to(str(shutil.which(tool)))
    want = (
        "cat requirements.lock pyproject.toml scripts/install | sha256sum | cut -d' ' -f1 > .venv/.installed"
    )
    (tmp_path / ".venv").mkdir()
    subprocess.run(["bash", "-c", want], cwd=tmp_path, check=True)
    return project


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        ("browser", "browser tests will be skipped"),
        ("spark", "Java is not installed: the Spark tests will be skipped"),
    ],
)
def test_without_packages_to_be_had_tests_are_skipped_except_in_ci(
    install: Project, extra: str, said: str
) -> None:
    install.program(".venv/bin/python")
    # No directory of the system's programs, which may have a browser or Java.
    only = {"PATH": str(install.folder / "bin"), "PYTHON": "bash"}
    done = install.run(extra, **only)
    assert done.returncode == 0 and said in done.stderr
    assert install.run(extra, CI="true", **only).returncode == 1


@pytest.mark.parametrize(("status", "asked"), [(0, 1), (1, 2)])
def test_spark_is_installed_once_and_tried_again_when_it_failed(
    install: Project, status: int, asked: int
) -> None:
    install.program("bin/java")
    install.program(".venv/bin/python", f"exit {status}")
    for _ in range(2):
        done = install.run("spark", PATH=str(install.folder / "bin"), PYTHON="bash")
        assert done.returncode == 0 and ("could not be installed" in done.stderr) == bool(status)
    assert len(install.asked("--require-hashes -r requirements-spark.lock")) == asked


def test_an_extra_that_is_none_is_refused(install: Project) -> None:
    done = install.run("sparks", PATH=str(install.folder / "bin"), PYTHON="bash")
    assert done.returncode == 1 and "expected browser or spark, found 'sparks'" in done.stderr
