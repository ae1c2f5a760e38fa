"""The race between two trainings: the rule, the turns, and that no test row decides anything."""

import json
import sys
from pathlib import Path

import pytest

from benchmarks import corpora, pace
from benchmarks.corpora import Corpus
from benchmarks.figures import Run
from benchmarks.turns import in_turn
from lam.types import Example

ROOT = Path(__file__).parents[2]
TRAINING = """
import sys, time
from benchmarks.turns import Turns
turns = Turns()
print("not a report")
turns.begin()
for epoch in range(3):
    time.sleep(float(sys.argv[1]))
    seconds = turns.seconds()
    with turns.aside():
        time.sleep(0.2)
    with open(sys.argv[2], "a") as log:
        log.write(sys.argv[3])
    turns.pause(seconds)
turns.end({"seconds": turns.seconds()})
"""


def test_the_first_epoch_near_the_last_one_counts() -> None:
    epochs = [(10.0, 0.5), (20.0, 0.897), (30.0, 0.88), (40.0, 0.9)]
    assert pace.reached(epochs) == (2, 20.0)
    assert pace.reached([(10.0, 0.5), (20.0, 0.896), (40.0, 0.9)]) == (3, 40.0)
    assert pace.reached([(10.0, 0.95), (20.0, 0.9)]) == (1, 10.0)


@pytest.mark.parametrize("run", [Run(), Run(diet=True), Run(quick=True)], ids=["full", "diet", "quick"])
def test_what_is_judged_by_is_held_back_and_no_test_row(run: Run) -> None:
    train, test = ([Example(f"{kind} {n}", "any") for n in range(100)] for kind in ("train", "test"))
    found = pace.parts(Corpus(train, [], test), run)
    trained, held = ({one.text for one in part} for part in (found.train, found.validation))
    assert trained and held and not trained & held
    assert trained | held <= {one.text for one in train}
    if run.diet:
        assert (len(trained), len(held), len(found.test)) == (80, 20, 100)


def test_who_has_worked_less_is_next_and_only_work_counts(tmp_path: Path) -> None:
    log = tmp_path / "log"
    commands = {
        name: (sys.executable, "-c", TRAINING, seconds, log, name)
        for name, seconds in (("a", "0.1"), ("b", "0.35"))
    }
    found = in_turn(commands, ROOT)
    assert log.read_text() == "abaabb"
    assert 0.3 <= found["a"]["seconds"] < 0.6
    assert 1.05 <= found["b"]["seconds"] < 1.35  # 0.6 more with what is no work


def test_a_training_that_dies_ends_the_race(tmp_path: Path) -> None:
    commands = {
        "a": (sys.executable, "-c", TRAINING, "0", tmp_path / "log", "a"),
        "b": (sys.executable, "-c", "1/0"),
    }
    with pytest.raises(RuntimeError, match="b: expected a report"):
        in_turn(commands, ROOT)


def test_ours_races_diet(run: Run, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = corpora.banking77()
    corpus = Corpus(rows.train, rows.train[::2], rows.test)
    recipe = {**run.changes, "validation": 0.2}  # of so few rows less would be none
    found = json.loads(json.dumps(pace.raced(corpus, recipe, 4)))
    assert [len(found[name]["epochs"]) for name in ("lam", "DIET")] == [3, 4]
    for one in found.values():
        seconds = [took for took, _ in one["epochs"]]
        assert seconds == sorted(seconds) and seconds[0] > 0 and seconds[-1] <= one["whole"]
        assert all(0 <= right <= 1 for _, right in one["epochs"])
    assert found["DIET"]["epochs"][-1][1] > 1 / 3  # it learns, and is read as it is now
    for sheet in pace.sheets(found, corpus):
        sheet.show()
    assert "a share of DIET's" in capsys.readouterr().out
