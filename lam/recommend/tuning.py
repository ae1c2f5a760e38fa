"""The best settings of a model, by random search on a validation task."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from lam.recommend.evaluation import Task, measures
from lam.recommend.history import History
from lam.recommend.models.base import Encode, ModelError, ModelSettings, RecommenderModel
from lam.recommend.types import Item

#: Candidates of each setting, by its name.
Space = Mapping[str, Sequence[Any]]


@dataclass(frozen=True)
class Trial:
    """Settings, and the mean NDCG@10 that a model has with them."""

    settings: ModelSettings
    score: float


def tune(
    model: type[RecommenderModel], start: ModelSettings, space: Space, trials: int, history: History,
    items: Sequence[Item], task: Task, seed: int = 0, encode: Encode | None = None,
    tell: Callable[[Trial], None] = lambda trial: None,
) -> list[Trial]:  # fmt: skip
    """Return trials, the best first. The test must not be in the history, nor in the task.

    Random search (Bergstra, Bengio 2012); `start` is always tried, no settings twice.

    Args:
        trials: at most so many fits; a small space may have fewer settings.
        history, items: what the model is fitted on.
        task: what it is judged on.
        tell: hears of each trial as it ends.

    Raises:
        ModelError: the model can't be made with any of the settings.
    """
    found: list[Trial] = []
    failure: ModelError | None = None
    for settings in _candidates(start, space, trials, seed):
        try:
            fitted = model.fit(history, items, settings, seed, encode)
        except ModelError as error:  # such as factors that diverge: no good settings, but no end either
            failure = error
            continue
        scores = np.stack([fitted.scores(taste) for taste in task.tastes])
        found.append(Trial(settings, float(measures(scores, task)["ndcg@10"].mean())))
        tell(found[-1])
    if not found and failure:
        raise failure
    return sorted(found, key=lambda trial: -trial.score)


def _candidates(start: ModelSettings, space: Space, trials: int, seed: int) -> list[ModelSettings]:
    generator = np.random.default_rng(seed)
    found = [start]
    for _ in range(20 * trials):
        if len(found) >= trials:
            break
        drawn = {name: values[int(generator.integers(len(values)))] for name, values in space.items()}
        settings = replace(start, **drawn)
        if settings not in found:
            found.append(settings)
    return found
