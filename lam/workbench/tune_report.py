"""What a study has found: its best trials side by side, and how much each hyperparameter matters."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import optuna
from optuna.trial import FrozenTrial, TrialState
from rich.table import Table

from lam.workbench.tune import FINISHED

_BEST = 3
# Of fewer trials any order of the hyperparameters is chance.
_FEWEST = 5


def best_trials(study: optuna.Study) -> list[FrozenTrial]:
    """Return the trials that ran to their end, the best first; of equal ones the earlier first."""
    complete = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
    return sorted(complete, key=lambda one: (-(one.value or 0.0), one.number))


def importances(study: optuna.Study) -> dict[str, float]:
    """Return which share of the differences in accuracy each hyperparameter explains, the largest first.

    It is empty where there are too few complete trials, or all are equally good. Hutter, Hoos and
    Leyton-Brown, "An Efficient Approach for Assessing Hyperparameter Importance", ICML 2014. Optuna's own
    default, PED-ANOVA, looks at the best tenth of the trials: of twenty these are two.
    """
    complete = best_trials(study)
    if len(complete) < _FEWEST or complete[0].value == complete[-1].value:
        return {}
    evaluator = optuna.importance.FanovaImportanceEvaluator(seed=1)
    return optuna.importance.get_param_importances(study, evaluator=evaluator)


def study_table(study: optuna.Study, keys: Sequence[str], texts: int, shares: Mapping[str, float]) -> Table:
    """Return a table of the first trial, that of the given values, and of the best; it fits 80 columns.

    Args:
        study: has a complete trial.
        keys: of the recipe that it varies.
        texts: how many it judges by.
        shares: of `importances`.
    """
    finished = study.get_trials(deepcopy=False, states=FINISHED)
    best = best_trials(study)
    title = f"{len(finished)} trials, {len(finished) - len(best)} of them stopped; judged by {texts} texts"
    table = Table(box=None, title=title, title_justify="left")
    table.add_column("")
    given = [one for one in best if one.number == 0]
    shown = given + best[:_BEST]
    heads = ["given"] * len(given) + [f"trial {one.number + 1}" for one in best[:_BEST]]
    for name in (*heads, *["matters"] * bool(shares)):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_row("accuracy", *(f"{one.value:.2%}" for one in shown), end_section=True)
    for key in sorted(keys, key=lambda one: -shares.get(one, 0.0)):
        cells = [f"{one.params[key]:.3g}" for one in shown]
        table.add_row(key, *cells, *[f"{shares.get(key, 0.0):.0%}"] * bool(shares))
    return table


def importance_picture(shares: Mapping[str, float], trials: int, path: Path) -> None:
    """Save bars of how much each hyperparameter matters. Needs matplotlib, which Rasa brings.

    Args:
        shares: of `importances`, at least one.
        trials: how many of them ran to their end.
        path: of a PNG file, written over.
    """
    from matplotlib.figure import Figure  # type: ignore[import-untyped]

    figure = Figure(figsize=(7.0, 1.2 + 0.32 * len(shares)), layout="constrained")
    axes = figure.subplots()
    bars = axes.barh(list(shares), [100 * one for one in shares.values()], color="#1f6feb")
    axes.bar_label(bars, fmt="%.0f", padding=3)
    axes.invert_yaxis()
    axes.set_xlabel("% of the differences in accuracy")
    axes.set_title(f"What matters, by {trials} trials (fANOVA)", fontsize=11)
    axes.grid(axis="x", linewidth=0.5, alpha=0.5)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, format="png", dpi=110)
