"""Which model belongs to which data."""

import asyncio

import pytest

from lam.settings import SettingError
from lam.supervisor import model
from lam.supervisor.model import TrainingFailed, model_path, newest_model, train


@pytest.fixture
def project(tmp_path):
    (tmp_path / "config.yml").write_text("pipeline: []")
    (tmp_path / "domain.yml").write_text("intents: []")
    (tmp_path / "data" / "nlu").mkdir(parents=True)
    (tmp_path / "data" / "nlu" / "a.yml").write_text("nlu: []")
    return tmp_path


@pytest.fixture
def trainings(monkeypatch):
    """Replaces Rasa: each training is noted and writes an archive, or ends with `status`."""
    done: list[tuple[str, ...]] = []

    async def rasa(command, environment, output=None):
        done.append(command)
        await asyncio.sleep(0.01)
        status = getattr(rasa, "status", 0)
        out, name = command[command.index("--out") + 1], command[command.index("--fixed-model-name") + 1]
        write(f"{out}/{name}", "half" if status else "model")
        return status

    monkeypatch.setattr(model, "run_child", rasa)
    done_with = type("Trainings", (), {"commands": done, "rasa": rasa})
    return done_with


def test_every_change_asks_for_another_model(project):
    seen = {model_path(project)}
    for name in ("config.yml", "domain.yml", "data/nlu/a.yml", "data/nlu/b.yml"):
        (project / name).write_text("changed")
        seen.add(model_path(project))
    (project / "data/nlu/b.yml").rename(project / "data/nlu/c.yml")
    seen.add(model_path(project))
    (project / "README.md").write_text("changed")
    seen.add(model_path(project))
    assert len(seen) == 6


def test_other_weights_in_the_encoders_folder_ask_for_another_model(project):
    encoder = project / "my-bert"
    encoder.mkdir()
    (project / "config.yml").write_text(f"pipeline:\n- name: A\n- name: B\n  encoder: {encoder}")
    seen = set()
    for weights in ("first", "second"):
        (encoder / "model.safetensors").write_text(weights)
        seen |= {model_path(project), model_path(project)}
    assert len(seen) == 2


@pytest.mark.parametrize("config", ["pipeline:\n", "pipeline: [A]", "pipeline: [", "- a"])
def test_a_pipeline_of_any_form_has_a_model(project, config):
    (project / "config.yml").write_text(config)
    assert model_path(project).parent == project / "models"


async def test_trained_once_for_the_same_data(project, trainings):
    told: list[str] = []
    first, second = await asyncio.gather(train(project, told.append), train(project, told.append))
    assert first == second == await train(project, told.append) == model_path(project)
    assert len(trainings.commands) == 1
    assert first.read_text() == "model"
    assert [path.name for path in first.parent.glob("*.tar.gz")] == [first.name]


async def test_a_failed_training_leaves_nothing_to_serve(project, trainings):
    trainings.rasa.status = 1
    with pytest.raises(TrainingFailed, match="status 1"):
        await train(project, print)
    assert [path.name for path in (project / "models").iterdir()] == [".training"]
    with pytest.raises(SettingError, match="models/: expected a trained model"):
        newest_model(project)


def write(path: str, text: str) -> None:
    with open(path, "w") as archive:
        archive.write(text)


def test_elsewhere_is_said_in_words(tmp_path):
    with pytest.raises(SettingError, match="Expected a Rasa project"):
        model_path(tmp_path)
