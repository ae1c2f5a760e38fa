"""`lam understand tune`: looks for better hyperparameters, a training after the other."""

import dataclasses
import hashlib
import math
import shutil
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import optuna
import typer

from lam.types import Example
from lam.understanding.recipe import Recipe
from lam.understanding.training.split import unseen
from lam.workbench.command_evaluate import judge
from lam.workbench.command_recipe import read_recipe, write_recipe
from lam.workbench.command_train import fit_classifier, training_texts
from lam.workbench.terminal import CommandError, show
from lam.workbench.tune import open_study, run_trials
from lam.workbench.tune_display import SearchDisplay
from lam.workbench.tune_report import best_trials, importance_picture, importances, study_table
from lam.workbench.tune_space import Dimension, search_space

if TYPE_CHECKING:
    from lam.understanding.training.trainer import Progress

_STATE, _PICTURE = "state", "importance.png"
# Trials with other numbers of epochs are compared after each quarter of them.
_QUARTERS = 4
_INTERRUPTED = 130


@dataclasses.dataclass(frozen=True)
class _Search:
    """What a search varies; what it trains on, calibrates by and judges by; where it keeps what it finds."""

    recipe: Recipe
    space: tuple[Dimension, ...]
    examples: Sequence[Example]
    held_back: Sequence[Example]
    judges: Sequence[Example]
    folder: Path

    def recipe_of(self, trial: optuna.trial.BaseTrial) -> Recipe:
        values: dict[str, Any] = {one.key: one.draw(trial) for one in self.space}
        return dataclasses.replace(self.recipe, **values)


def tune(
    data: Sequence[Path],
    study: Path,
    config: Path | None = None,
    settings: Sequence[str] = (),
    search: Sequence[str] = (),
    validation: Path | None = None,
    domain: Path | None = None,
    trials: int = 30,
    minutes: float = math.inf,
    out: Path | None = None,
) -> None:
    """Train a classifier with other hyperparameters again and again, and print the best ones that were found.

    Args:
        data: files and folders that `read_located` takes.
        study: the folder that keeps the trials: a search goes on there.
        config: a Rasa config.yml with the hyperparameters to begin with.
        settings: hyperparameters as `key=value`; they count before the config's.
        search: the keys to vary; all that `SPACE` has when left out.
        validation: a file or folder of texts to judge by, in place of those that the recipe holds back.
        domain: a Rasa domain: then the stories and rules in the data count, too.
        trials: that the study is to have in the end.
        minutes: no trial begins after so many.
        out: a file for the best hyperparameters.

    Raises:
        CommandError: an argument or the data can't be used, or the study is one of something else.
        DataError: a data file can't be read.
        EncoderError: there is no such encoder.
    """
    recipe = read_recipe(config, settings)
    if out and (out.is_dir() or not out.parent.is_dir()):
        raise CommandError(f"--out: expected the name of a file in a folder that is there, found {out}.")
    space = search_space(recipe, search)
    examples, held_back = training_texts(data, validation, recipe, domain)
    judges = _judges(examples, held_back if validation else unseen(held_back, examples))
    task = _Search(recipe, space, examples, held_back, judges, study)
    first = {one.key: getattr(recipe, one.key) for one in space}
    with open_study(study, _facts(task), first) as opened:
        try:
            _run(task, opened, trials, 60 * minutes)
        except KeyboardInterrupt:
            _tell(task, opened, config, out)
            typer.echo("Interrupted. The same command goes on from here.", err=True)
            raise typer.Exit(_INTERRUPTED) from None
        _tell(task, opened, config, out)
        shutil.rmtree(study / _STATE, ignore_errors=True)


def _judges(examples: Sequence[Example], found: Sequence[Example]) -> list[Example]:
    """Return those of some texts whose intents are learned from examples."""
    intents = {one.intent for one in examples}
    if judges := [one for one in found if one.intent in intents]:
        return judges
    raise CommandError(
        "Expected validation texts of the intents to be learned, found none. "
        "Give --validation or --set validation=0.2."
    )


def _run(task: _Search, study: optuna.Study, trials: int, seconds: float) -> None:
    with SearchDisplay(study, trials) as display:

        def objective(trial: optuna.Trial) -> float:
            display.begin(trial)
            return _accuracy(task, trial, display.step)

        run_trials(study, trials, seconds, task.recipe.seed, objective, display.end)


def _accuracy(task: _Search, trial: optuna.Trial, progress: Callable[["Progress"], None]) -> float:
    """Return the accuracy of the classifier that a trial makes, as it is served."""
    recipe = task.recipe_of(trial)
    steps = _QUARTERS if any(one.key == "epochs" for one in task.space) else recipe.epochs
    seen = 0

    def on_epoch(done: int, accuracy: float) -> None:
        nonlocal seen
        step = steps * done // recipe.epochs
        if step > seen and done < recipe.epochs:
            seen = step
            trial.report(accuracy, step)
            if trial.should_prune():
                raise optuna.TrialPruned

    state = task.folder / _STATE
    classifier = fit_classifier(task.examples, recipe, progress, task.held_back, state, on_epoch)
    return judge(classifier, task.judges).evaluation.accuracy


def _tell(task: _Search, study: optuna.Study, config: Path | None, out: Path | None) -> None:
    """Print what has been found so far, and write the files."""
    best = best_trials(study)
    if not best:
        typer.echo("No trial has come to its end yet.", err=True)
        return
    shares = importances(study)
    show(study_table(study, [one.key for one in task.space], len(task.judges), shares))
    text = write_recipe(task.recipe_of(best[0]), config)
    typer.echo(f"\n{text}", nl=False)
    try:
        if shares and find_spec("matplotlib"):
            importance_picture(shares, len(best), task.folder / _PICTURE)
            typer.echo(f"What matters is drawn in {task.folder / _PICTURE}.", err=True)
        if out:
            out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise CommandError(f"Expected to write the results, found {error}.") from error


def _facts(task: _Search) -> dict[str, dict[str, Any]]:
    """Return what all trials of a study have in common."""
    return {
        "texts": {"training": _hash(task.examples), "validation": _hash(task.held_back)},
        "recipe": dataclasses.asdict(task.recipe),
        "search": {one.key: dataclasses.asdict(one) for one in task.space},
    }


def _hash(examples: Sequence[Example]) -> str:
    return hashlib.sha256("\n".join(map(repr, examples)).encode()).hexdigest()
