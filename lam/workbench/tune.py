"""A study of a recipe's hyperparameters: a trial after the other, kept in a folder, gone on with later."""

import fcntl
import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import optuna
from optuna.trial import TrialState
from sqlalchemy.exc import SQLAlchemyError

from lam.workbench.terminal import CommandError

FINISHED = (TrialState.COMPLETE, TrialState.PRUNED)
_STUDY, _LOCK = "study.db", "lock"
# So many trials run to their end before one may be stopped: a median of fewer says little.
_UNSTOPPED = 4
_FACTS = "facts"


@contextmanager
def open_study(
    folder: Path, facts: Mapping[str, Mapping[str, Any]], first: Mapping[str, Any]
) -> Iterator[optuna.Study]:
    """Open the study in a folder, or begin one, for as long as nobody else works on it.

    A trial that was interrupted waits to be tried again; it keeps its values.

    Args:
        folder: is made when it is missing.
        facts: what the trials have in common, by topic; JSON. Trials under other facts can't be compared.
        first: the values that the first trial of a new study takes.

    Raises:
        CommandError: the folder can't be written, its study has other facts, or somebody works on it.
    """
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / _LOCK).open("w")
    except OSError as error:
        raise CommandError(f"--study: expected a folder that can be written; {error}.") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CommandError(
                f"--study: expected a study that nobody works on, found a search that runs in {folder}. "
                "Wait for its end, or name another folder."
            ) from None
        try:
            storage = optuna.storages.RDBStorage(f"sqlite:///{folder / _STUDY}")
            study = optuna.create_study(
                storage=storage, study_name="lam", direction="maximize", load_if_exists=True,
                pruner=optuna.pruners.MedianPruner(_UNSTOPPED),
            )  # fmt: skip
        except (SQLAlchemyError, optuna.exceptions.OptunaError, RuntimeError) as error:
            raise CommandError(
                f"--study: expected a study in {folder / _STUDY}, found {type(error).__name__}. "
                "Name another folder."
            ) from error
        _expect_facts(study, json.loads(json.dumps(facts)), folder)
        if not study.get_trials():
            study.enqueue_trial(dict(first))
        for one in study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):
            storage.set_trial_state_values(one._trial_id, TrialState.WAITING)
        yield study


def run_trials(
    study: optuna.Study,
    trials: int,
    seconds: float,
    seed: int,
    objective: Callable[[optuna.Trial], float],
    ended: Callable[[optuna.trial.FrozenTrial], None],
) -> None:
    """Run one trial after the other until a study has so many, those of earlier runs among them.

    What is drawn depends on the seed and on the trials before, not on how often the study was interrupted.

    Args:
        study: of `open_study`.
        trials: that are to be finished in the end, run to their end or stopped.
        seconds: no trial begins later than so long from now.
        seed: of what is drawn.
        objective: returns what is to be high, or raises `optuna.TrialPruned`.
        ended: is called after each trial.
    """
    until = time.monotonic() + seconds
    while len(study.get_trials(deepcopy=False, states=FINISHED)) < trials and time.monotonic() < until:
        # A sampler that is made anew for a study that goes on would draw its first values again.
        number = len(study.get_trials(deepcopy=False))
        study.sampler = optuna.samplers.TPESampler(seed=1000 * seed + number)
        trial = study.ask()
        try:
            value = objective(trial)
        except optuna.TrialPruned:
            ended(study.tell(trial, state=TrialState.PRUNED))
        except Exception:
            study.tell(trial, state=TrialState.FAIL)
            raise
        else:
            ended(study.tell(trial, value))


def _expect_facts(study: optuna.Study, facts: Mapping[str, Mapping[str, Any]], folder: Path) -> None:
    """Refuse a study whose trials can't be compared with those to come."""
    kept = study.user_attrs.get(_FACTS)
    if kept is None and not study.get_trials():
        study.set_user_attr(_FACTS, facts)
        return
    for topic, found in facts.items():
        there = (kept or {}).get(topic, {})
        keys = sorted(key for key in {*found, *there} if found.get(key) != there.get(key))
        if keys:
            raise CommandError(
                f"--study: expected the {topic} of the study in {folder}, "
                f"found a difference in {', '.join(keys)}. Name another folder."
            )
