"""Rasa as a peer: it trains, both parse in turn, and the clock knows what is whose."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from benchmarks import corpora, rasa_models, speed
from benchmarks.figures import Run
from benchmarks.parsing import Parsed, parsed
from benchmarks.rasa_models import CRF, Archive, ours, rasa_trained, read_by_rasa, write_nlu
from lam.types import Example, Span


def test_both_pipelines_parse_in_turn(run: Run, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = corpora.snips()
    pipelines = {"ours": ours(dict(run.changes)), "crf": CRF}
    trained = [rasa_trained(run, name, one, corpus.train) for name, one in pipelines.items()]
    assert all(one.seconds > 0 for one in trained)
    read = parsed([one.path for one in trained], ["pay anna now", "good bye"] * 5, one_core=True)
    assert {one.intent for one in read[0]} <= {"pay", "good"}
    assert {one.intent for one in read[1]} == {None}
    assert Span(4, 8, "payee", "anna") in read[1][0].spans
    assert all(0 < one.component < one.whole for rows in read for one in rows)
    monkeypatch.setattr(subprocess, "run", None)
    assert [rasa_trained(run, name, one, corpus.train) for name, one in pipelines.items()] == trained


def test_signs_in_texts_mean_nothing_to_rasa(tmp_path: Path) -> None:
    from rasa.shared.nlu.training_data.loading import load_data

    odd = ["what is [this](thing)", "* - | > #", "{braces}: & more"]
    rows = [Example(text, "odd", (Span(0, 1, "sign", text[0]),)) for text in odd]
    read = load_data(str(write_nlu(rows, tmp_path / "nlu.json"))).nlu_examples
    assert [one.get("text") for one in read] == odd
    assert [[entity["value"] for entity in one.get("entities")] for one in read] == [["w"], ["*"], ["{"]]


def test_a_failed_training_leaves_nothing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for program, expected in (("false", subprocess.CalledProcessError), ("true", SystemExit)):
        monkeypatch.setattr(rasa_models, "RASA", (program,))
        with pytest.raises(expected):
            rasa_trained(run, "none", CRF, [Example("hello", "greet")])
        assert not list((run.results / "archives").iterdir())


def test_what_rasa_reads_is_judged_like_ours(run: Run, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = corpora.snips()

    def reader(*_: Any) -> list[list[Parsed]]:
        return [[Parsed(one.intent, one.spans[:1], 1.0, 1.0) for one in corpus.test]]

    monkeypatch.setattr(rasa_models, "rasa_trained", lambda *_: Archive(Path("there"), 5.0))
    monkeypatch.setattr(rasa_models, "parsed", reader)
    found = read_by_rasa(run, "crf", CRF, corpus)
    assert (found["accuracy"], found["seconds"]) == (1.0, 5.0)
    assert found["f1"] == pytest.approx(2 / 3)  # all that it found is right, and it found half


def test_diet_is_hurried_only_where_speed_counts() -> None:
    pipelines = (rasa_models.DIET, rasa_models.HURRIED_DIET)
    assert [one["epochs"] for pipeline in pipelines for one in pipeline if "epochs" in one] == [100, 1]


def test_messages_of_about_fifteen_tokens_are_taken(data: Path) -> None:
    texts = ["hi", "please " * 13, "please " * 11, "please " * 40]
    assert speed.messages(texts, 5) == texts[1:3]
    assert speed.messages(texts, 1) == texts[1:2]


def test_speed_is_told_in_times(run: Run, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def reader(archives: list[Path], texts: list[str], one_core: bool) -> list[list[Parsed]]:
        asked.append((archives, texts, one_core))
        return [[Parsed("pay", (), whole, whole / 2) for _ in range(40)] for whole in (4.0, 16.0)]

    monkeypatch.setattr(speed, "rasa_trained", lambda _, name, *__: Archive(Path(name), 1.0))
    monkeypatch.setattr(speed, "messages", lambda *_: ["a message"])
    monkeypatch.setattr(speed, "parsed", reader)
    (sheet,) = speed.speed(run)
    assert asked == [([Path("banking77-lam"), Path("banking77-hurried-diet")], ["a message"], True)]
    values = {line.what: line.values for line in sheet.lines}
    assert values["component p50, ms"] == [[2.0], [8.0]]
    assert values["whole parse p95, ms"] == [[4.0], [16.0]]
    assert values["whole parse p50, times faster"] == [[4.0], None]
