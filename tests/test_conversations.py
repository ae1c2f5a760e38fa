"""All dialogues of tests/conversations, from end to end with the started processes."""

import asyncio
from pathlib import Path

import pytest

from lam.dialogues import play, read_dialogues, started
from lam.dialogues.command import world
from lam.supervisor.model import train

pytestmark = pytest.mark.processes
ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "tests" / "conversations"
DIALOGUES = read_dialogues(*sorted(FOLDER.glob("*.yml")))


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory):
    model = asyncio.run(train(ROOT, print))
    with started(ROOT, tmp_path_factory.mktemp("home"), model) as settings:
        yield settings


@pytest.mark.parametrize("dialogue", DIALOGUES, ids=lambda one: one.name)
def test_dialogue(assistant, dialogue) -> None:
    snapshot, watched = world(FOLDER / "world.py")
    played = play(assistant, dialogue, snapshot, watched)
    assert not played.failure, "\n".join([*played.transcript, played.failure])
