"""How the recommender grows: training here and on Spark, and the time of a call in large catalogues.

    python benchmarks/recommend_scale.py [--quick] [training | serving …]

| row      | what                                                                          | full | --quick |
| -------- | ----------------------------------------------------------------------------- | ---- | ------- |
| training | the same factorisation of 0.3, 3 and 30 million interactions, locally and on Spark | 50 | 3  |
| serving  | one call at 4,000 and 100,000 items: fold-in, then all items or faiss          | 1    | 1       |

Minutes on 2 cores; 9 GB of memory for the largest on Spark. `--quick` leaves out 3 and 30 million.

Interactions are made up (`recommend_synthetic.py`): a public set of 30 million lies in no repository. One
liking of each of 2,000 users is held back, and both engines' factors are served by the same fold-in: NDCG@10
says whether they learned the same, nothing about people. The local training has one thread, Spark all cores.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from time import perf_counter
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from benchmarks.code_hash import code_hash
from benchmarks.figures import Run
from benchmarks.recommend_synthetic import Size, synthetic
from benchmarks.recommend_worker import Training, trained_apart
from benchmarks.sheet import Bar, Line, Sheet
from lam.recommend.evaluation import ndcg_at
from lam.recommend.factors import Factors
from lam.recommend.history import History
from lam.recommend.index import LARGE, ExactIndex, FaissIndex
from lam.recommend.models.als import AlsModel, AlsSettings
from lam.recommend.models.tastes import known
from lam.recommend.parquet import write_history
from lam.recommend.types import Taste

_LARGE = Size(3_000_000, 60_000, 20_000)
_SIZES = {
    "0.3 million": Size(300_000, 4_300, 3_700),
    "3 million": _LARGE,
    "30 million": Size(30_000_000, 600_000, 100_000),
}
# Spark's JVM gets so many gigabytes; the largest spills to disk with them, and finishes.
_MEMORY = {"0.3 million": 2, "3 million": 4, "30 million": 8}
_SETTINGS: dict[str, float] = {"factors": 32, "iterations": 10}
_CATALOGUES = {4_000: Size(400_000, 10_000, 4_000), 100_000: replace(_LARGE, items=100_000)}
_HELD_BACK, _FEWEST, _COUNT = 2_000, 5, 10
# Of the items, as rules leave them: a mask that lets all pass would cost nothing.
_ELIGIBLE = 0.8
_CORES, _SEED = 2, 7


def main(arguments: Sequence[str] | None = None) -> None:
    """Run what is asked for and print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("rows", nargs="*", metavar="ROW", choices=[*ROWS, []])
    parser.add_argument("--quick", action="store_true")
    asked = parser.parse_args(arguments)
    run = Run(asked.quick)
    for name in asked.rows or ROWS:
        sheet = ROWS[name](run)
        replace(sheet, title=sheet.title + (" (quick)" if run.quick else "")).show()


def training(run: Run) -> Sheet:
    """Train sizes by both engines, one after the other."""
    engines, lines = ("local", "spark"), []
    for name, size in list(_SIZES.items())[: 1 if run.quick else None]:
        key = {
            "code": code_hash("lam.recommend.training", "benchmarks.recommend_synthetic"),
            "size": asdict(size), "settings": _SETTINGS, "cores": _CORES, "seed": _SEED,
        }  # fmt: skip
        title = f"recommend-training-{name.split()[0]}"
        found = run.once(title, key, lambda name=name, size=size: trainings(size, _MEMORY[name]))
        for what, unit, places in (("seconds", "s", 1), ("megabytes", "MB", 0), ("ndcg", "NDCG@10", 4)):
            lines.append(
                Line(f"{name}: {unit}", [[found[engine][what]] for engine in engines], places=places)
            )
    return Sheet(
        "The same factorisation, 32 factors, 10 iterations", ("local, 1 thread", "Spark, 2 cores"), lines
    )


def trainings(size: Size, memory: int) -> dict[str, Any]:
    """Return seconds, megabytes and NDCG@10 of both engines on made-up interactions."""
    known_part, tastes, wanted = held_back(synthetic(size, _SEED), _SEED)
    found = {}
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch, "interactions.parquet")
        write_history(known_part, path)
        for engine in ("local", "spark"):
            out = Path(scratch, engine)
            asked = Training(engine, str(path), str(out), _SETTINGS, _CORES, memory, _SEED)
            measured = trained_apart(asked)
            model = AlsModel.of(Factors.read(out), AlsSettings(**_SETTINGS))
            found[engine] = {**measured, "ndcg": float(np.mean(gains(model, tastes, wanted)))}
    return found


def held_back(history: History, seed: int) -> tuple[History, list[Taste], list[str]]:
    """Return a history without one liking of each of some users; their tastes without it; and the item."""
    rng, liked = np.random.default_rng(seed), history.liked
    lovers = np.bincount(liked.indices, minlength=len(history.items))
    able = np.flatnonzero(np.diff(liked.indptr) >= _FEWEST)
    tastes, wanted, gone = [], [], []
    for user in rng.permutation(able)[:_HELD_BACK]:
        row = slice(liked.indptr[user], liked.indptr[user + 1])
        items, weights = liked.indices[row], liked.data[row]
        one = int(rng.integers(len(items)))
        if lovers[items[one]] > 1:  # an item that nobody else likes has no factors to be found by
            rest = {
                history.items[at]: float(weight)
                for at, weight in zip(items, weights, strict=True)
                if at != items[one]
            }
            tastes.append(Taste(rest))
            wanted.append(history.items[items[one]])
            gone.append(user * len(history.items) + items[one])
    pairs = history.user_at.astype(np.int64) * len(history.items) + history.item_at
    kept = ~np.isin(pairs, np.array(gone, dtype=np.int64))
    part = History(
        history.users, history.items, history.user_at[kept], history.item_at[kept],
        history.weight[kept], history.at[kept],
    )  # fmt: skip
    return part, tastes, wanted


def gains(model: AlsModel, tastes: Sequence[Taste], wanted: Sequence[str]) -> list[float]:
    """Return NDCG@10 of each user, who wants one item; what the taste has is not listed again."""
    index, found = ExactIndex(model.foldin.factors), []
    for taste, item in zip(tastes, wanted, strict=True):
        allowed = np.ones(len(model.items), dtype=bool)
        allowed[[model.places[one] for one in taste.liked]] = False
        best, _ = index.search(user_of(model, taste), _COUNT, allowed)
        want = sp.csr_matrix(([1.0], ([0], [model.places[item]])), shape=(1, len(model.items)))
        found.append(float(ndcg_at(best[None], want)[0]))
    return found


def user_of(model: AlsModel, taste: Taste) -> npt.NDArray[np.float32]:
    """Return a user's vector, solved from the taste."""
    return model.foldin.user(known(taste, model.places))


def serving(run: Run) -> Sheet:
    """Time one call after another, with each index in turn; small catalogues have no use for faiss."""
    lines = []
    for items, size in _CATALOGUES.items():
        modules = ("lam.recommend.index", "lam.recommend.models.als", "benchmarks.recommend_synthetic")
        key = {"code": code_hash(*modules), "size": asdict(size), "eligible": _ELIGIBLE, "seed": _SEED}
        found = run.once(f"recommend-serving-{items}", key, lambda size=size: calls(size))
        for share, name in ((50, "p50"), (95, "p95")):
            values = [_at(found[index]["milliseconds"], share) for index in ("exact", "faiss")]
            bar = Bar(1, 1, low=True) if items == 4_000 and share == 95 else None
            lines.append(Line(f"{items:,} items: {name}, ms", values, bar, 3))
        if found["faiss"]["milliseconds"]:
            lines.append(Line(f"{items:,} items: recall@10", [[1.0], [found["faiss"]["recall"]]], places=3))
            lines.append(
                Line(f"{items:,} items: making it, s", [None, [found["faiss"]["seconds"]]], places=1)
            )
    return Sheet("A call: fold-in, mask, the best ten; 64 factors, one thread", ("all items", "faiss"), lines)


def _at(milliseconds: Sequence[float], share: int) -> list[float] | None:
    return [float(np.percentile(milliseconds, share))] if milliseconds else None


def calls(size: Size) -> dict[str, Any]:
    """Return milliseconds of each call with each index, and how much of the exact lists faiss finds."""
    history = synthetic(size, _SEED)
    _, tastes, _ = held_back(history, _SEED)
    model = AlsModel.fit(history, [], AlsSettings(), _SEED)
    exact, began = ExactIndex(model.foldin.factors), perf_counter()
    faiss = FaissIndex(model.foldin.factors, seed=_SEED) if size.items >= LARGE else None
    found: dict[str, Any] = {"exact": {"milliseconds": []}, "faiss": {"milliseconds": []}}
    found["faiss"]["seconds"] = perf_counter() - began
    allowed = np.random.default_rng(_SEED).random(len(model.items)) < _ELIGIBLE
    user_of(model, tastes[0])  # what a model counts once is not a call's
    hits = 0
    for taste in tastes:
        best = []
        for name, index in (("exact", exact), ("faiss", faiss)):
            if index:
                began = perf_counter()
                places, _ = index.search(user_of(model, taste), _COUNT, allowed)
                found[name]["milliseconds"].append(round(1000 * (perf_counter() - began), 4))
                best.append(set(places.tolist()))
        hits += len(set.intersection(*best))
    found["faiss"]["recall"] = hits / (_COUNT * len(tastes))
    return found


ROWS: dict[str, Callable[[Run], Sheet]] = {"training": training, "serving": serving}

if __name__ == "__main__":
    main()
