"""Each model with its space of settings, tuned and then judged once; the same number of trials for all."""

import dataclasses
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.code_hash import code_hash
from benchmarks.figures import Run
from lam.encoder.sentences import SentenceEncoder
from lam.recommend.evaluation import Task, coverage, measures, top
from lam.recommend.history import DAY, History
from lam.recommend.models import MODELS, ModelSettings, RecommenderModel
from lam.recommend.models.als import AlsSettings
from lam.recommend.models.bpr import BprSettings
from lam.recommend.models.ease import EaseSettings
from lam.recommend.models.hybrid import HybridSettings
from lam.recommend.models.popularity import PopularitySettings
from lam.recommend.models.text import TextSettings
from lam.recommend.tuning import Space, tune
from lam.recommend.types import Item

TRIALS, SEED = 6, 0
_DAYS = (30.0, 60.0, 120.0, math.inf)
_SECONDS = tuple(seconds / DAY for seconds in (2, 4, 8, math.inf))

# The peers as their papers and libraries have them: no time in EASE and ALS, and no mean user in ALS.
PEERS: dict[str, tuple[ModelSettings, Space]] = {
    "popularity": (PopularitySettings(), {"half_life": (7.0, 14.0, 30.0, 60.0, 120.0, math.inf)}),
    "ease": (EaseSettings(300.0), {"regularization": (30.0, 100.0, 200.0, 500.0, 1000.0, 2000.0)}),
    "als": (AlsSettings(centred=False), {
        "factors": (32, 64, 128), "regularization": (1.0, 3.0, 10.0, 30.0, 100.0),
        "alpha": (0.5, 1.0, 5.0, 20.0),
    }),
    "bpr": (BprSettings(), {
        "factors": (32, 64), "learning_rate": (0.02, 0.05, 0.1), "regularization": (0.005, 0.01, 0.05),
        "iterations": (50, 100, 200), "fold_regularization": (0.01, 0.1, 1.0),
    }),
    "text": (TextSettings(), {"power": (1.0, 2.0, 4.0, 6.0, 9.0, 12.0)}),
}  # fmt: skip
_OURS: dict[str, Sequence[Any]] = {
    "regularization": (50.0, 100.0, 200.0, 400.0), "following_regularization": (10.0, 30.0, 100.0),
    "power": (4.0, 6.0, 9.0), "evidence": (0.3, 1.0, 3.0),
}  # fmt: skip
OURS: dict[str, tuple[ModelSettings, Space]] = {
    "time": (HybridSettings(memory=60.0, trend=60.0), {"memory": _DAYS, "trend": _DAYS, **_OURS}),
    "last": (HybridSettings(split="last", share=0.2), {"memory": _DAYS, "trend": _DAYS, **_OURS}),
    # Visits have an order and no dates.
    "users": (
        HybridSettings(memory=4 / DAY, trend=math.inf, split="users", share=0.15),
        {"memory": _SECONDS, "factors": (32, 64), "factor_regularization": (10.0, 30.0), **_OURS},
    ),
}
ENCODE = SentenceEncoder()


@dataclass(frozen=True)
class Protocol:
    """A set that was cut.

    Attributes:
        name: of the rows.
        kind: how ours learns its weights, as the set was cut.
        items: the catalogue.
        validation: what settings are chosen on: to learn from, and the task.
        test: read once, with what was chosen.
    """

    name: str
    kind: str
    items: list[Item]
    validation: tuple[History, Task]
    test: tuple[History, dict[str, Task]]


def judged(run: Run, protocol: Protocol, name: str) -> dict[str, Any]:
    """Return the chosen settings and each test task's figures of a model, found once and kept.

    The figures: NDCG@10 and Recall@20 of each user, coverage, seconds of the fit, milliseconds of calls.
    """
    start, space = OURS[protocol.kind] if name == "hybrid" else PEERS[name]
    trials = 2 if run.quick else TRIALS
    key = {
        "code": code_hash(f"lam.recommend.models.{name}", "lam.recommend.tuning"),
        "start": _plain(start), "space": {one: list(map(str, two)) for one, two in space.items()},
        "trials": trials, "seed": SEED, "items": len(protocol.items),
        "tastes": {one: len(task.tastes) for one, task in protocol.test[1].items()},
    }  # fmt: skip

    def work() -> dict[str, Any]:
        history, task = protocol.validation
        found = tune(
            MODELS[name], start, space, trials, history, protocol.items, task, SEED, ENCODE,
            lambda trial: print(f"{protocol.name} {name} {trial.score:.4f} {trial.settings}", flush=True),
        )  # fmt: skip
        history, tasks = protocol.test
        began = time.perf_counter()
        model = MODELS[name].fit(history, protocol.items, found[0].settings, SEED, ENCODE)
        seconds = time.perf_counter() - began
        return {
            "settings": _plain(found[0].settings), "validation": found[0].score, "fit": seconds,
            "tests": {one: figures(model, task) for one, task in tasks.items()},
        }  # fmt: skip

    return run.once(f"recommend-{protocol.name}-{name}", key, work)


def figures(model: RecommenderModel, task: Task) -> dict[str, Any]:
    """Return a model's figures on a task."""
    scores, times = [], []
    for taste in task.tastes:
        began = time.perf_counter()
        scores.append(model.scores(taste))
        times.append(1000 * (time.perf_counter() - began))
    found = measures(np.stack(scores), task)
    lists = top(np.stack(scores), task.hidden, 10)
    return {
        **{name: [round(float(value), 4) for value in values] for name, values in found.items()},
        "coverage": coverage(lists, len(model.items)),
        "p50": float(np.quantile(times, 0.5)), "p95": float(np.quantile(times, 0.95)),
    }  # fmt: skip


def settings_of(name: str, plain: dict[str, Any]) -> ModelSettings:
    """Return settings that were kept."""
    return MODELS[name].settings_class(
        **{key: math.inf if value == "inf" else value for key, value in plain.items()}
    )


def _plain(settings: ModelSettings) -> dict[str, Any]:
    """Return settings as JSON, which has no infinity."""
    return {key: "inf" if value == math.inf else value for key, value in dataclasses.asdict(settings).items()}
