"""The lam command: one line for what a person can mend."""

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


@pytest.mark.parametrize("command", ["up", "serve", "engine", "actions", "migrate", "seed"])
def test_a_wrong_setting_stops_the_start_with_one_line(command):
    done = lam(command, LAM_PORT="chat")
    assert done.exit_code == 2
    assert done.stderr == "lam: LAM_PORT: expected a whole number, found 'chat'.\n"


def test_rest_key_is_shown_again_and_again(tmp_path):
    first, second = (lam("keys", "show", "rest", LAM_HOME=str(tmp_path)).stdout for _ in range(2))
    assert first == second and len(first.strip()) > 40
    assert lam("keys", "show", "engine", LAM_HOME=str(tmp_path)).exit_code == 2


def test_engine_refuses_a_model_that_is_not_there(tmp_path):
    done = lam("engine", LAM_ENGINE_KEY="k", LAM_MODEL=str(tmp_path / "gone.tar.gz"))
    assert "LAM_MODEL: expected a model archive" in done.stderr


def test_operator_signs_a_customer_in(tmp_path):
    done = lam("sessions", "sign-in", "rest:shop", "10000001", LAM_HOME=str(tmp_path))
    assert (done.exit_code, done.stdout) == (0, "rest:shop\n"), done.output


def test_feedback_of_nobody_is_an_empty_list_and_file(tmp_path):
    home = {"LAM_HOME": str(tmp_path)}
    assert lam("feedback", "list", **home).stdout == ""
    assert lam("feedback", "export", str(tmp_path / "all.jsonl"), **home).exit_code == 0
    assert (tmp_path / "all.jsonl").read_text() == ""
    assert lam("feedback", "export", str(tmp_path / "all.txt"), **home).exit_code == 2
