"""`lam understand tune`: what it varies, keeps, stops, refuses and finds."""

import csv
import dataclasses
import fcntl
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import optuna
import pytest
import yaml
from click.testing import Result
from optuna.trial import TrialState
from typer.testing import CliRunner

from lam.cli import app
from lam.understanding import IntentClassifier, Recipe
from lam.understanding.training.trainer import Progress
from lam.workbench import command_tune
from lam.workbench.command_recipe import read_recipe, write_recipe
from lam.workbench.terminal import CommandError
from lam.workbench.tune_report import importances
from lam.workbench.tune_space import SPACE, search_space
from tests.understanding.examples import EXAMPLES

QUICK = {"batch_size": 8, "epochs": 3, "dropout": 0.0, "noise": 0.0, "max_length": 32, "validation": 0.25}
SEARCHED = ("encoder_learning_rate", "head_learning_rate", "neighbours")
SEARCH = [part for key in SEARCHED for part in ("--search", key)]


def lam(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["understand", *map(str, arguments)])


def trials(folder: Path) -> list[optuna.trial.FrozenTrial]:
    return optuna.load_study(study_name="lam", storage=f"sqlite:///{folder / 'study.db'}").get_trials()


def found(folder: Path) -> list[tuple[dict[str, Any], float | None]]:
    return [(one.params, one.value) for one in trials(folder)]


pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def base(tiny_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> list[object]:
    """The arguments of a search, but for its study: data, texts to judge by, config."""
    folder = tmp_path_factory.mktemp("data")
    judges = EXAMPLES[::4]
    for name, examples in (("data", [one for one in EXAMPLES if one not in judges]), ("judges", judges)):
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            rows = [("text", "intent"), *((one.text, one.intent) for one in examples)]
            csv.writer(file).writerows(rows)
    entry = {"name": "x.BertIntentClassifier", "encoder": str(tiny_encoder), "ranking_length": 3, **QUICK}
    (folder / "config.yml").write_text(yaml.safe_dump({"pipeline": [entry]}))
    data, texts = folder / "data.csv", folder / "judges.csv"
    return ["tune", data, "--validation", texts, "--config", folder / "config.yml"]


@pytest.fixture(scope="module")
def searched(base: list[object], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """A study of twelve trials, and what its search has printed."""
    folder = tmp_path_factory.mktemp("studies") / "deep" / "study"
    done = lam(*base, *SEARCH, "--study", folder, "--trials", 12, "--out", folder.parents[1] / "best.yml")
    assert done.exit_code == 0, done.output
    return folder, done


def test_a_search_begins_with_the_given_values_and_prints_the_best(
    searched: tuple[Path, Result], base: list[object]
) -> None:
    folder, done = searched
    given = read_recipe(Path(str(base[-1])))
    first, *others = trials(folder)
    assert first.params == {key: getattr(given, key) for key in SEARCHED}
    assert len(others) == 11 and all(set(one.params) == {*SEARCHED} for one in others)
    best = max(one.value or 0.0 for one in trials(folder) if one.state == TrialState.COMPLETE)
    assert f"{best:.2%}" in done.stdout and "given" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert "Trial 12 of 12: " in done.stderr and f"best {best:.2%}" in done.stderr
    assert {one.name for one in folder.iterdir()} == {"study.db", "lock", "importance.png"}


def test_the_picture_shows_what_matters(searched: tuple[Path, Result]) -> None:
    folder, done = searched
    assert (folder / "importance.png").read_bytes().startswith(b"\x89PNG")
    assert "importance.png" in done.stderr and "matters" in done.stdout


def test_the_best_can_be_trained_and_is_as_good_as_it_was(
    searched: tuple[Path, Result], base: list[object], tmp_path: Path
) -> None:
    folder, done = searched
    file = folder.parents[1] / "best.yml"
    text = file.read_text()
    assert done.stdout.endswith(f"\n{text}") and yaml.safe_load(text)["pipeline"][0]["ranking_length"] == 3
    best = max(
        (one for one in trials(folder) if one.state == TrialState.COMPLETE), key=lambda one: one.value or 0.0
    )
    recipe = read_recipe(file)
    assert {key: getattr(recipe, key) for key in SEARCHED} == pytest.approx(best.params, rel=0.005)
    trained = lam("train", base[1], "--validation", base[3], "--config", file, "--out", tmp_path / "out")
    assert trained.exit_code == 0, trained.output
    assert re.search(r"accuracy\s+" + re.escape(f"{best.value:.1%}"), trained.stdout)


def test_a_search_in_parts_finds_what_a_whole_one_finds(
    searched: tuple[Path, Result], base: list[object], tmp_path: Path
) -> None:
    for count in (2, 4):
        done = lam(*base, *SEARCH, "--study", tmp_path, "--trials", count)
        assert done.exit_code == 0, done.output
        assert len(trials(tmp_path)) == count
    assert found(tmp_path) == found(searched[0])[:4]
    assert lam(*base, *SEARCH, "--study", tmp_path, "--trials", 9, "--timeout", 0).exit_code == 0
    assert len(trials(tmp_path)) == 4


def test_an_interrupted_search_goes_on_with_the_same_trial(
    searched: tuple[Path, Result], base: list[object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[int] = []
    train = command_tune.fit_classifier

    def interrupted(*arguments: Any) -> IntentClassifier:
        examples, recipe, progress, *rest = arguments

        def step(state: Progress) -> None:
            steps.append(state.step)
            if len(steps) == 9 + 7:  # three steps an epoch: the second trial has done two epochs
                raise KeyboardInterrupt
            progress(state)

        return train(examples, recipe, step, *rest)

    monkeypatch.setattr(command_tune, "fit_classifier", interrupted)
    command = [*base, *SEARCH, "--study", tmp_path, "--trials", 3]
    done = lam(*command)
    assert done.exit_code == 130 and "The same command goes on from here." in done.stderr
    assert "given" in done.stdout  # what has been found so far
    assert [one.state for one in trials(tmp_path)] == [TrialState.COMPLETE, TrialState.RUNNING]
    steps[:] = [-1] * 100
    assert lam(*command).exit_code == 0
    assert steps[100] == 7  # its third epoch
    assert found(tmp_path) == found(searched[0])[:3]


def test_a_search_that_is_interrupted_at_once_has_found_nothing(
    base: list[object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: Any) -> IntentClassifier:
        raise KeyboardInterrupt

    monkeypatch.setattr(command_tune, "fit_classifier", interrupted)
    done = lam(*base, *SEARCH, "--study", tmp_path)
    assert done.exit_code == 130 and not done.stdout and "No trial has come to its end yet." in done.stderr


def test_a_trial_that_is_behind_the_others_is_stopped(
    base: list[object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first trials are good; of the others one is bad from the start, and two are later."""
    shown = [[0.8, 0.85, 0.9]] * 4 + [[0.1, 0.9, 0.9], [0.85, 0.2, 0.9], [0.8, 0.85, 0.1]]
    told: list[int] = []
    classifier = IntentClassifier.fit(EXAMPLES, read_recipe(Path(str(base[-1])), ["epochs=1"]))

    def pretend(*arguments: Any) -> IntentClassifier:
        on_epoch: Callable[[int, float], None] = arguments[-1]
        told.append(0)
        for done, accuracy in enumerate(shown[len(told) - 1], start=1):
            told[-1] = done
            on_epoch(done, accuracy)
        return classifier

    monkeypatch.setattr(command_tune, "fit_classifier", pretend)
    done = lam(*base, *SEARCH, "--study", tmp_path, "--trials", 7)
    assert done.exit_code == 0, done.output
    states = [one.state for one in trials(tmp_path)]
    assert states == [TrialState.COMPLETE] * 4 + [TrialState.PRUNED] + [TrialState.COMPLETE] * 2
    assert told == [3, 3, 3, 3, 1, 3, 3]  # after the last epoch only the classifier counts
    assert (
        "Trial 5 of 7: stopped early; best " in done.stderr and "7 trials, 1 of them stopped" in done.stdout
    )
    assert "matters" not in done.stdout and not (tmp_path / "importance.png").exists()  # all are equally good


def test_trials_with_other_numbers_of_epochs_are_compared_by_quarters(
    base: list[object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    classifier = IntentClassifier.fit(EXAMPLES, read_recipe(Path(str(base[-1])), ["epochs=1"]))

    def pretend(*arguments: Any) -> IntentClassifier:
        for done in range(1, arguments[1].epochs + 1):
            arguments[-1](done, 0.5)
        return classifier

    monkeypatch.setattr(command_tune, "fit_classifier", pretend)
    done = lam(*base, "--search", "epochs", "--set", "epochs=8", "--study", tmp_path, "--trials", 8)
    assert done.exit_code == 0, done.output
    steps = {one.params["epochs"]: sorted(one.intermediate_values) for one in trials(tmp_path)}
    assert steps[8] == [1, 2, 3] and len(steps) > 2
    assert all({*one} <= {1, 2, 3} for one in steps.values())


def one_line(done: Result) -> str:
    """Return what is wrong; it is told in one line and without a traceback."""
    assert done.exit_code == 2 and isinstance(done.exception, SystemExit), done.output
    last = done.stderr.splitlines()[-1]
    assert last.startswith("lam: ") and "Traceback" not in done.output
    return last


def test_a_study_of_something_else_is_refused(
    searched: tuple[Path, Result], base: list[object], tmp_path: Path
) -> None:
    folder, _ = searched
    before = found(folder)
    end = ["--study", folder, "--trials", 9]
    with (tmp_path / "more.csv").open("w") as file:
        file.write(Path(str(base[1])).read_text() + "bye,greet\n")
    more = ["tune", tmp_path / "more.csv", *base[2:], *SEARCH]
    assert "expected the texts of the study" in (told := one_line(lam(*more, *end)))
    assert "found a difference in training. Name another folder." in told
    judged = [*base[:3], tmp_path / "more.csv", *base[4:], *SEARCH]
    assert "found a difference in validation." in one_line(lam(*judged, *end))
    other = one_line(lam(*base, *SEARCH, "--set", "noise=0.1", "--set", "seed=2", *end))
    assert "expected the recipe of the study" in other and "found a difference in noise, seed." in other
    assert "found a difference in neighbours." in one_line(lam(*base, *SEARCH[:4], *end))
    assert found(folder) == before


def test_a_study_that_somebody_works_on_is_refused(base: list[object], tmp_path: Path) -> None:
    with (tmp_path / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "expected a study that nobody works on" in one_line(lam(*base, *SEARCH, "--study", tmp_path))
    (tmp_path / "study.db").write_text("something else, and long enough to be a file " * 100)
    assert "--study: expected a study in" in one_line(lam(*base, *SEARCH, "--study", tmp_path))
    (tmp_path / "file").write_text("")
    done = lam(*base, *SEARCH, "--study", tmp_path / "file" / "deeper")
    assert "--study: expected a folder that can be written" in one_line(done)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--search", "epoch"], "found 'epoch'. Did you mean epochs?"),
        (["--search", "colour"], "found 'colour'. Take one of encoder_learning_rate, "),
        (["--search", "frozen_layers", "--set", "encoder=bilstm"], "searched for bilstm, found 'frozen"),
        (["--set", "epochs=0"], "epochs: expected a number above 0, found 0."),
        (["--set", "frozen_layers=9"], "frozen_layers: expected at most 2 here, found 9."),
        (["--out", "gone/best.yml"], "--out: expected the name of a file in a folder that is there"),
    ],
)
def test_an_option_that_can_not_be_used_is_one_line(
    options: Sequence[str], told: str, base: list[object], tmp_path: Path
) -> None:
    assert told in one_line(lam(*base, *options, "--study", tmp_path / "study"))


def test_without_texts_to_judge_by_there_is_no_search(base: list[object], tmp_path: Path) -> None:
    done = lam("tune", base[1], *base[4:], "--set", "validation=0", "--study", tmp_path / "study")
    assert "Give --validation or --set validation=0.2." in one_line(done)
    (tmp_path / "strange.csv").write_text("text,intent\nhello,nothing we know\n")
    strange = [*base[:3], tmp_path / "strange.csv", *base[4:]]
    assert "expected validation texts" in one_line(lam(*strange, "--study", tmp_path / "study")).lower()
    assert not (tmp_path / "study").exists()


def test_each_value_of_the_space_is_one_of_a_recipe() -> None:
    for one in SPACE:
        for value in one.choices or (one.low, one.high):
            assert type(value) is type(getattr(Recipe, one.key))
            assert getattr(Recipe(**{one.key: value}), one.key) == value


def test_the_page_tells_of_the_whole_space() -> None:
    page = (Path(__file__).parents[2] / "docs" / "understanding.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"^\| `(\w+)` \| (\d[^|]*) \|$", page, re.MULTILINE))
    assert [*told] == [one.key for one in SPACE]
    for one in SPACE:
        numbers = [float(number) for number in re.findall(r"\d[\d.]*", told[one.key])]
        assert numbers == [*(one.choices or (one.low, one.high))], one.key
        assert ("logarithm" in told[one.key]) == one.log


def test_the_space_is_made_for_an_encoder_and_around_a_recipe(tiny_encoder: Path) -> None:
    recipe = Recipe(encoder=str(tiny_encoder), batch_size=8, epochs=20, neighbours=0)
    space = {one.key: one for one in search_space(recipe)}
    assert [*space] == [one.key for one in SPACE]
    assert space["batch_size"].choices == (8, 16, 32, 64)
    assert (space["epochs"].low, space["epochs"].high) == (2, 20)
    assert (space["neighbours"].low, space["frozen_layers"].high) == (0, 1)
    scratch = search_space(dataclasses.replace(recipe, encoder="bilstm"))
    assert "frozen_layers" not in [one.key for one in scratch]
    assert [one.key for one in search_space(recipe, ["noise", "epochs"])] == ["epochs", "noise"]
    with pytest.raises(CommandError):
        search_space(recipe, ["seed"])


def test_what_is_drawn_is_what_is_printed(tiny_encoder: Path) -> None:
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=1))
    for one in search_space(Recipe(encoder=str(tiny_encoder))):
        trial = study.ask()
        value = one.draw(trial)
        study.tell(trial, 0.0)
        assert float(f"{value:.3g}") == value and type(value) is type(getattr(Recipe, one.key))
        assert one.draw(study.get_trials()[-1]) == value


def test_a_recipe_is_read_as_it_was_written(base: list[object], tmp_path: Path) -> None:
    recipe = Recipe(encoder="bilstm", encoder_learning_rate=1e-5, noise=0.123, spelling=False, epochs=6)
    for config in (None, Path(str(base[-1]))):
        text = write_recipe(recipe, config)
        (tmp_path / "config.yml").write_text(text)
        assert read_recipe(tmp_path / "config.yml") == recipe
        assert ("epochs" in text) == bool(config)  # a default is written where the config has another value
    assert "lam.components.bert_intent_classifier.BertIntentClassifier" in write_recipe(recipe)


def test_what_explains_the_accuracy_matters_and_few_trials_explain_nothing() -> None:
    study = optuna.create_study(direction="maximize", sampler=optuna.samplers.RandomSampler(seed=1))
    for number in range(12):
        assert bool(importances(study)) == (number >= 5)
        trial = study.ask()
        study.tell(trial, trial.suggest_float("much", 0, 1) + 0.01 * trial.suggest_float("little", 0, 1))
    shares = importances(study)
    assert [*shares] == ["much", "little"] and shares["much"] > 0.8
    assert sum(shares.values()) == pytest.approx(1)
