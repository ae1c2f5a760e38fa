"""Each row of the table of understanding, from end to end on a handful of rows, with a tiny encoder."""

from pathlib import Path
from typing import Any

import pytest

from benchmarks import context, intents, setfit_peer, slots, understanding
from benchmarks.corpora import Corpus
from benchmarks.figures import Run
from benchmarks.sheet import Line, Sheet
from benchmarks.trainings import Found
from lam.understanding import IntentClassifier
from tests.understanding.examples import EXAMPLES

PEER = {"accuracy": 0.5, "new": 0.4, "f1": 0.3, "seconds": 1.0}


@pytest.fixture(autouse=True)
def peers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand-ins for those that would take minutes."""

    def setfit(run: Run, name: str, corpus: Corpus, seeds: tuple[int, ...], iterations: int) -> list[Found]:
        return [PEER for _ in seeds]

    monkeypatch.setattr(setfit_peer, "figures", setfit)
    for module in (intents, slots):
        monkeypatch.setattr(module, "read_by_rasa", lambda *_: PEER)


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few examples in place of the assistant's, and few ablations."""
    monkeypatch.setattr(context, "assistant", lambda *_: Corpus(EXAMPLES, [], EXAMPLES))
    pairs = context.read_pairs(context.PAIRS)[:4]
    monkeypatch.setattr(context, "read_pairs", lambda _: pairs)
    monkeypatch.setattr(intents, "ABLATIONS", {"all": {}, "no noise": {"noise": 0.0}})


def lines_of(sheets: list[Sheet]) -> dict[str, Line]:
    return {line.what: line for sheet in sheets for line in sheet.lines}


@pytest.mark.parametrize(
    "name",
    ["banking77", "fewshot", "clinc150", "snips", "noise", "context", "agreement", "footprint", "ablation"],
)
def test_a_row_is_measured_once(
    name: str, run: Run, data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    first = understanding.ROWS[name](run)
    for sheet in first:
        sheet.show()
    assert "must / goal" in capsys.readouterr().out
    for line in lines_of(first).values():
        assert len(line.values) == len(first[0].models), line
        assert all(one is None or all(isinstance(value, int | float) for value in one) for one in line.values)
    assert any(line.bar for line in lines_of(first).values())

    def never(*_: Any, **__: Any) -> None:
        raise AssertionError("expected kept figures, found a training")

    monkeypatch.setattr(IntentClassifier, "fit", never)
    assert understanding.ROWS[name](run) == first


def test_what_rows_train_in_common_is_trained_once(
    run: Run, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seeds: list[int] = []
    fit = IntentClassifier.fit

    def counted(*arguments: Any, **named: Any) -> IntentClassifier:
        seeds.append(arguments[1].seed)
        return fit(*arguments, **named)

    monkeypatch.setattr(IntentClassifier, "fit", counted)
    understanding.ROWS["banking77"](run)
    assert sorted(seeds) == [1, 1, 2, 2, 3, 3]
    seeds.clear()
    understanding.ROWS["noise"](run)
    assert seeds == [1]  # the one without defences
    understanding.ROWS["ablation"](run)
    assert seeds == [1, 1]


def test_peers_stand_beside_ours(run: Run, data: Path) -> None:
    (sheet,) = understanding.ROWS["snips"](run)
    assert sheet.models == ["lam", "CRFEntityExtractor"]
    assert [one.values[1] for one in sheet.lines] == [[30.0], None, [1.0]]
    (sheet,) = understanding.ROWS["fewshot"](run)
    assert sheet.models == ["lam", "plain cross-entropy", "SetFit"]


def test_unknown_rows_and_keys_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["nonsense"], ["--set", "nonsense=1", "noise"]):
        with pytest.raises(SystemExit):
            understanding.main(arguments)
        assert "nonsense" in capsys.readouterr().err


def test_the_help_tells_of_every_row() -> None:
    rows = [line.split("|")[1].strip() for line in (understanding.__doc__ or "").splitlines() if "|" in line]
    assert rows[2:] == [*understanding.ROWS]
