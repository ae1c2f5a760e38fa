"""The lam command: one line for what a person can mend."""

import os
import subprocess
import sys
import time

import pytest
from typer.testing import CliRunner

from lam.cli import app

HEAVY = ("rasa", "torch", "sanic", "sqlalchemy", "transformers", "spacy")


def lam(*arguments: str, **environment: str):
    return CliRunner().invoke(app, list(arguments), env=environment)


def test_help_is_quick_and_imports_nothing_heavy():
    code = f"import sys, lam.cli; sys.exit(', '.join(set({HEAVY!r}) & set(sys.modules)) or 0)"
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert time.monotonic() - began < 3


@pytest.mark.parametrize("command", ["up", "serve", "engine", "actions", "migrate", "seed", "due"])
def test_a_wrong_setting_stops_the_start_with_one_line(command):
    done = lam(command, LAM_PORT="chat")
    assert done.exit_code == 2
    assert done.stderr == "lam: LAM_PORT: expected a whole number, found 'chat'.\n"


def test_rest_key_is_shown_again_and_again(tmp_path):
    first, second = (lam("keys", "show", "rest", LAM_HOME=str(tmp_path)).stdout for _ in range(2))
    assert first == second and len(first.strip()) > 40
    assert lam("keys", "show", "engine", LAM_HOME=str(tmp_path)).exit_code == 2


@pytest.mark.parametrize("command", ["engine", "up"])
def test_a_model_that_is_not_there_is_refused(tmp_path, command):
    done = lam(command, LAM_ENGINE_KEY="k", LAM_MODEL=str(tmp_path / "gone.tar.gz"), LAM_HOME=str(tmp_path))
    assert done.exit_code == 2 and "LAM_MODEL: expected a model archive" in done.stderr


@pytest.mark.parametrize("command", [("migrate",), ("due",), ("keys", "show", "rest")])
@pytest.mark.parametrize("home", ["/proc/nowhere", "file"])
def test_a_home_that_can_not_be_one_is_one_line(tmp_path, home, command):
    (tmp_path / "file").touch()
    done = lam(*command, LAM_HOME=str(tmp_path / home))
    assert done.exit_code == 2
    assert done.stderr.startswith("lam: LAM_HOME: expected ") and done.stderr.count("\n") == 1


@pytest.mark.parametrize("port", ["port", "1"])
def test_a_database_that_does_not_answer_is_one_line_without_its_password(tmp_path, port):
    url = f"postgresql://ann:secret@127.0.0.1:{port}/x"
    done = lam("migrate", LAM_HOME=str(tmp_path), LAM_LEARNING_DATABASE_URL=url)
    assert done.exit_code == 2
    assert done.stderr.startswith("lam: LAM_LEARNING_DATABASE_URL: expected ")
    assert done.stderr.count("\n") == 1 and "secret" not in done.stderr


def test_nobody_else_reads_the_databases(tmp_path):
    before = os.umask(0o022)
    try:
        assert lam("migrate", LAM_HOME=str(tmp_path / "home")).exit_code == 0
    finally:
        os.umask(before)
    made = [tmp_path / "home", *(tmp_path / "home").iterdir()]
    assert len(made) > 3 and all(path.stat().st_mode & 0o077 == 0 for path in made)


def test_due_payments_are_booked_once_and_counted(tmp_path, monkeypatch):
    from bank import Bank

    booked = iter([3])
    monkeypatch.setattr(Bank, "run_due", lambda bank: next(booked))
    assert lam("migrate", LAM_HOME=str(tmp_path)).exit_code == 0
    assert lam("due", LAM_HOME=str(tmp_path)).stdout == "Planned payments booked: 3\n"


def test_the_projects_own_package_named_bank_is_found_and_need_not_be_like_ours(tmp_path):
    (tmp_path / "bank").mkdir()
    (tmp_path / "bank" / "__init__.py").write_text("SYSTEM = 'core'\n")

    def script(command):  # without the current folder on sys.path, as the installed script `lam` starts
        return subprocess.run(
            [sys.executable, "-P", "-m", "lam", command],
            cwd=tmp_path, capture_output=True, text=True, check=False,
        )  # fmt: skip

    assert script("migrate").returncode == 0
    assert {path.stem for path in (tmp_path / "var").glob("*.db")} == {"conversations", "learning"}
    assert "There was nothing to fill." in script("seed").stderr
    assert "lam: Expected the package bank" in script("due").stderr


def test_operator_signs_a_customer_in(tmp_path):
    done = lam("sessions", "sign-in", "rest:shop", "10000001", LAM_HOME=str(tmp_path))
    assert (done.exit_code, done.stdout) == (0, "rest:shop\n"), done.output


def test_feedback_of_nobody_is_an_empty_list_and_file(tmp_path):
    home = {"LAM_HOME": str(tmp_path)}
    assert lam("feedback", "list", **home).stdout == ""
    assert lam("feedback", "export", str(tmp_path / "all.jsonl"), **home).exit_code == 0
    assert (tmp_path / "all.jsonl").read_text() == ""
    assert lam("feedback", "export", str(tmp_path / "all.txt"), **home).exit_code == 2
