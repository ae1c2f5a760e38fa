"""A search on the terminal: how many trials are done, the best so far, and the training that runs."""

from typing import TYPE_CHECKING

import optuna
from rich import progress as bars
from rich.console import Console

from lam.workbench.tune import FINISHED
from lam.workbench.tune_report import best_trials

if TYPE_CHECKING:
    from lam.understanding.training.trainer import Progress

# The time left is reckoned from trials that may take an hour each.
_DAY = 24 * 60 * 60


class SearchDisplay(bars.Progress):
    """Two bars on standard error, and a line for each trial that ends; enter it to see them.

    Args:
        study: what it tells of.
        trials: how many the study is to have.
    """

    def __init__(self, study: optuna.Study, trials: int) -> None:
        super().__init__(
            bars.TextColumn("{task.description}"), bars.BarColumn(), bars.MofNCompleteColumn(),
            bars.TextColumn("{task.fields[told]}"), bars.TimeRemainingColumn(),
            console=Console(stderr=True, highlight=False), speed_estimate_period=_DAY,
        )  # fmt: skip
        self._study, self._trials = study, trials
        self._whole = self.add_task("Search", total=trials, completed=self._done(), told=self._best())
        self._one = self.add_task("Trial", total=None, told="")

    def begin(self, trial: optuna.Trial) -> None:
        """Show that a trial begins."""
        self.remove_task(self._one)
        self._one = self.add_task(f"Trial {trial.number + 1}", total=None, told="")

    def step(self, state: "Progress") -> None:
        """Show how far the training of the present trial is."""
        told = f"loss {state.loss:.3f}  accuracy {state.accuracy:.1%}"
        self.update(self._one, completed=state.step, total=state.steps, told=told)

    def end(self, trial: optuna.trial.FrozenTrial) -> None:
        """Print what has become of a trial."""
        self.update(self._whole, completed=self._done(), told=self._best())
        found = "stopped early" if trial.state == optuna.trial.TrialState.PRUNED else f"{trial.value:.2%}"
        best = self._best()
        self.console.print(f"Trial {trial.number + 1} of {self._trials}: {found}{best and f'; {best}'}.")

    def _done(self) -> int:
        return len(self._study.get_trials(deepcopy=False, states=FINISHED))

    def _best(self) -> str:
        best = best_trials(self._study)[:1]
        return f"best {best[0].value:.2%}, trial {best[0].number + 1}" if best else ""
