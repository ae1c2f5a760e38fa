"""All dialogues of tests/conversations, from end to end with the started processes."""

import functools
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from lam.dialogues import Played, Running, play, read_dialogues, read_world, started

from .conftest import ROOT

pytestmark = pytest.mark.processes
FOLDER = Path(__file__).parent / "conversations"
DIALOGUES = {one.name: one for one in read_dialogues(*sorted(FOLDER.glob("*.yml")))}
WORLD = read_world(FOLDER / "world.py")


@pytest.fixture(scope="session")
def played(assistant: Running) -> Callable[[str], Played]:
    """How a dialogue of this name went; each is played once."""
    return functools.cache(lambda name: play(assistant.settings, DIALOGUES[name], WORLD))


@pytest.mark.parametrize("name", DIALOGUES)
def test_dialogue(played, name) -> None:
    one = played(name)
    assert not one.failure, "\n".join([*one.transcript, one.failure])


def test_without_an_action_its_dialogues_fail_and_no_others(played, model, tmp_path) -> None:
    """The check of the checks: a transfer that is confirmed and never sent must not go unseen."""
    expected = {name for name in DIALOGUES if "action_submit_transfer" in played(name).actions}
    project = _project_with_an_idle_action(tmp_path / "project", "transfers.py", "SubmitTransfer")
    with started(project, tmp_path / "home", model) as lame:
        failed = {name for name, one in DIALOGUES.items() if play(lame.settings, one, WORLD).failure}
    assert failed == expected
    assert len(expected) > 10


def _project_with_an_idle_action(project: Path, file: str, action: str) -> Path:
    """Make a copy of the project in which one action does and says nothing."""
    project.mkdir()
    for one in ROOT.iterdir():
        if one.name != "actions":
            (project / one.name).symlink_to(one)
    shutil.copytree(ROOT / "actions", project / "actions")
    with (project / "actions" / file).open("a") as source:
        source.write(f"\n\n{action}.answer = lambda self, turn: []\n")
    return project
