"""`lam recommend compare`: models side by side, on interactions that were held back."""

import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from lam.encoder.sentences import SentenceEncoder
from lam.recommend import Encode, Interactions, Item
from lam.recommend.catalogue import read_catalogue
from lam.recommend.evaluation import Task, coverage, interval, measures, top
from lam.recommend.history import History
from lam.recommend.holdout import Split, held_out
from lam.recommend.models import MODELS
from lam.recommend.parquet import read_history
from lam.workbench.terminal import CommandError, show

_FEWEST = 2


def compare_models(
    store: Interactions | None, data: Path | None, items: Path, models: Sequence[str], split: Split,
    share: float, seed: int,
) -> None:  # fmt: skip
    """Print for each model NDCG@10 with its 95 % interval, Recall@20, coverage, and how long it takes.

    Args:
        store: the interactions, unless `data` has them.
        data: a Parquet file.
        models: names among `MODELS`; all when empty.

    Raises:
        CommandError: there is no such model, or too little to judge on.
        DataError, ParquetError: a file is wrong.
    """
    unknown = [name for name in models if name not in MODELS]
    if unknown:
        raise CommandError(f"Expected models among {', '.join(MODELS)}, found {', '.join(unknown)}.")
    catalogue = read_catalogue(items)
    ids = [item.id for item in catalogue]
    history = read_history(data, ids) if data else _history(store, ids)
    train, task = held_out(history, split, share, seed)
    if len(task.tastes) < _FEWEST:
        raise CommandError(
            f"Expected at least {_FEWEST} users with something held out, found {len(task.tastes)}. "
            "Take another split, or import more interactions."
        )
    table = Table("model", "NDCG@10", "95 %", "Recall@20", "coverage", "fit s", "call ms p95")
    encode = SentenceEncoder()
    console, names = Console(stderr=True), models or list(MODELS)
    for name in track(names, "Comparing", console=console, transient=True, disable=not console.is_terminal):
        table.add_row(name, *_row(name, train, catalogue, task, seed, encode))
    show(table)


def _history(store: Interactions | None, ids: Sequence[str]) -> History:
    if store is None:
        raise CommandError("Expected a store or a Parquet file of interactions, found neither.")
    return store.history(ids)


def _row(
    name: str, train: History, catalogue: Sequence[Item], task: Task, seed: int, encode: Encode
) -> list[str]:
    began = time.perf_counter()
    model = MODELS[name].fit(train, catalogue, seed=seed, encode=encode)
    fitted = time.perf_counter() - began
    scores, seconds = [], []
    for taste in task.tastes:
        began = time.perf_counter()
        scores.append(model.scores(taste))
        seconds.append(time.perf_counter() - began)
    found = measures(np.array(scores), task)
    lists = top(np.array(scores), task.hidden, 10)
    low, high = interval(found["ndcg@10"], seed)
    return [
        f"{found['ndcg@10'].mean():.4f}", f"{low:.4f}–{high:.4f}", f"{found['recall@20'].mean():.4f}",
        f"{coverage(lists, len(model.items)):.1%}", f"{fitted:.1f}",
        f"{1000 * float(np.quantile(seconds, 0.95)):.2f}",
    ]  # fmt: skip
