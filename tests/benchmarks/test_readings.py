"""What stands behind the figures: thresholds, weights in full precision, processes of their own."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from benchmarks import setfit_peer
from benchmarks.corpora import OUTSIDE, Corpus
from benchmarks.figures import Run
from benchmarks.full_precision import read_with_torch
from benchmarks.outside import scoped
from benchmarks.served import served
from benchmarks.trainings import Trained, judged, trained
from lam.types import Example, Reading, Span
from tests.understanding.examples import EXAMPLES

CORPUS = Corpus(EXAMPLES, [], EXAMPLES)


@pytest.fixture(scope="module")
def model(tiny_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    paid = [
        Example(f"pay {one} please", "pay", (Span(4, 4 + len(one), "payee", one),)) for one in ("anna", "bob")
    ]
    changes = {"encoder": str(tiny_encoder), "epochs": 3, "batch_size": 8, "max_length": 32}
    run = Run(changes=changes, home=tmp_path_factory.mktemp("home"))
    return trained(run, Corpus([*EXAMPLES, *paid], [], EXAMPLES), {}, 1)


def test_the_threshold_comes_from_validation_texts_alone() -> None:
    """In the test texts another one would do better: it isn't looked for there."""
    inside = [Example(f"text {n}", "any") for n in range(100)]
    outside = [Example(f"other {n}", OUTSIDE) for n in range(10)]
    part = [*inside, *outside]

    def readings(lowest: float, strange: float) -> list[Reading]:
        scopes = [lowest] * 4 + [0.8] * 96 + [strange] * 10
        return [Reading((("any", 1.0),), scope=one) for one in scopes]

    found = scoped(Corpus([], part, part), readings(0.4, 0.1), readings(0.7, 0.75))
    assert found == {"accuracy": 1.0, "auroc": pytest.approx(0.96), "recall": 1.0, "kept": 0.96}
    strict = scoped(Corpus([], part, part), readings(0.8, 0.1), readings(0.8, 0.75))
    assert strict["recall"] == 1.0 and strict["kept"] == 1.0


def test_texts_that_recur_in_training_are_told_apart() -> None:
    test = [Example("seen", "a"), Example("new", "a"), Example("newer", "b")]
    found = judged(Corpus([Example("seen", "a")], [], test), ["a", "a", None])
    assert found == {"accuracy": pytest.approx(2 / 3), "new": 0.5}


def test_the_torch_model_reads_as_int8_does(model: Trained) -> None:
    texts = [*(one.text for one in EXAMPLES), "pay anna please", "", "hello you 💳"]
    full = read_with_torch(model.folder, model.weights)
    some, others = (one.predict(texts) for one in (model.classifier, full))
    assert [one.intent for one in some] == [one.intent for one in others]
    assert [one.spans for one in some] == [one.spans for one in others]
    gaps = [abs(one.scope - other.scope) for one, other in zip(some, others, strict=True)]
    assert 0 < max(gaps) < 0.01  # near, and not the same file twice
    alone = [full.predict([text])[0] for text in texts]
    assert np.allclose([one.confidence for one in alone], [one.confidence for one in others], atol=1e-5)


def test_weights_of_another_training_read_otherwise(model: Trained, tmp_path: Path) -> None:
    import safetensors.torch

    weights = safetensors.torch.load_file(model.weights)
    other = {name: one * 0 if name.startswith("tagger") else one for name, one in weights.items()}
    safetensors.torch.save_file(other, tmp_path / "other")
    assert read_with_torch(model.folder, tmp_path / "other").predict(["pay anna please"])[0].spans == ()


def test_a_training_is_kept_with_its_weights_and_without_its_state(model: Trained) -> None:
    home = model.folder.parent
    assert {one.name for one in home.iterdir()} == {"classifier", "seconds.json", "weights.safetensors"}
    assert model.seconds and model.seconds > 0


def test_an_interrupted_training_goes_on_and_tells_no_time(
    tiny_encoder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Run(changes={"encoder": str(tiny_encoder), "epochs": 3, "max_length": 32}, home=tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr("lam.understanding.training.export.export_int8", _stopped)
        with pytest.raises(KeyboardInterrupt):
            trained(run, CORPUS, {}, 1)
    assert list(tmp_path.rglob("state.safetensors"))
    assert trained(run, CORPUS, {}, 1).seconds is None
    assert not list(tmp_path.rglob("state.safetensors"))


def _stopped(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_process_of_its_own_reads_the_same_without_torch(model: Trained) -> None:
    texts = ["pay anna please", "hello"]
    found = served(model.folder, texts)
    meant = [
        [one.intent, [[s.start, s.end, s.label] for s in one.spans]]
        for one in model.classifier.predict(texts)
    ]
    assert found["readings"] == meant
    assert found["heavy"] == []
    sizes = [found["memory"][name]["rss"] for name in ("bare", "imported", "loaded")]
    assert sizes == sorted(sizes) and sizes[0] > 0


def test_an_emulator_may_run_it(model: Trained) -> None:
    """`env` stands for one: a command before the command."""
    assert served(model.folder, ["hello"], ("env", "SOME=1"))["heavy"] == []


def test_setfit_that_cannot_be_installed_is_said_to_be_missing(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(setfit_peer, "_HOME", tmp_path / "setfit")
    monkeypatch.setattr(setfit_peer, "_PACKAGES", ("/no/such/package",))
    monkeypatch.setattr(setfit_peer.sys, "executable", shutil.which("false"))
    assert setfit_peer.figures(run, "setfit", CORPUS, (1, 2), 1) == []
    assert "No SetFit here" in capsys.readouterr().out


def test_setfit_is_asked_in_its_own_environment(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A stand-in for its Python writes down what it is asked, and answers."""
    python = tmp_path / "python"
    answer = json.dumps({"intents": [one.intent for one in EXAMPLES], "seconds": 2.5})
    python.write_text(f"#!/bin/sh\ncp \"$3\" {tmp_path}/asked\nprintf '%s' '{answer}' > \"$4\"\n")
    python.chmod(0o755)
    monkeypatch.setattr(setfit_peer, "_python", lambda: python)
    found = setfit_peer.figures(run, "setfit", CORPUS, (1, 2), 20)
    assert [(one["accuracy"], one["seconds"]) for one in found] == [(1.0, 2.5)] * 2
    assert '"iterations": 20' in (tmp_path / "asked").read_text()
