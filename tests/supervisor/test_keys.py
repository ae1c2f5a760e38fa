"""Keys that lam makes."""

import json
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from lam.settings import Secret, SettingError, Settings
from lam.supervisor.environment import child_environment
from lam.supervisor.keys import with_keys


def test_people_keep_their_keys_processes_get_new_ones(tmp_path):
    first, second = (with_keys(Settings(home=tmp_path)) for _ in range(2))
    assert first.session_key == second.session_key != first.rest_key == second.rest_key
    assert first.engine_key != second.engine_key and first.actions_key != second.actions_key
    assert all(len(key) > 40 for key in (first.session_key, first.rest_key, first.engine_key))
    assert stat.S_IMODE((tmp_path / "keys.json").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["keys.json"]


def test_keys_of_the_environment_come_first(tmp_path):
    assert with_keys(Settings(home=tmp_path, rest_key=Secret("mine"))).rest_key == "mine"


def test_starts_at_the_same_time_agree(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: with_keys(Settings(home=tmp_path)).rest_key.reveal(), range(16)))
    assert len(set(made)) == 1


@pytest.mark.parametrize("content", ["", "[]", "{}", json.dumps({"session": "a"})])
def test_a_broken_file_is_named(tmp_path, content):
    (tmp_path / "keys.json").write_text(content)
    with pytest.raises(SettingError, match=r"keys\.json: expected the keys session, rest"):
        with_keys(Settings(home=tmp_path))


def test_a_child_gets_only_its_own_keys(tmp_path, monkeypatch):
    monkeypatch.setenv("LAM_REST_KEY", "from outside")
    settings = with_keys(Settings(home=tmp_path))
    environment = child_environment(settings, ["engine"], model="models/a.tar.gz")
    assert environment["LAM_ENGINE_KEY"] == settings.engine_key
    assert environment["LAM_MODEL"] == "models/a.tar.gz"
    assert [name for name in environment if name.endswith("_KEY") and name.startswith("LAM_")] == [
        "LAM_ENGINE_KEY"
    ]
