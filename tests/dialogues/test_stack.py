"""The assistant started for a test."""

import sys

import pytest

from lam.dialogues.stack import NotStarted, environment, free_settings, launched
from lam.settings import load_settings


def test_the_environment_says_all_settings_and_no_others(tmp_path, monkeypatch):
    monkeypatch.setenv("LAM_PATIENCE_SECONDS", "99")
    settings = free_settings(tmp_path, tmp_path / "model.tar.gz")
    assert load_settings(environment(settings)) == settings


def test_a_program_that_ends_before_it_is_ready_is_quoted(tmp_path):
    command = (sys.executable, "-c", "print('no model here')")
    with (
        pytest.raises(NotStarted, match="no model here"),
        launched(command, tmp_path, {}, "http://127.0.0.1:9/", tmp_path / "said.log"),
    ):
        pytest.fail("it began")
