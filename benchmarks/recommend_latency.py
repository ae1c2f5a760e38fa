"""What one call of the hybrid costs, text encoding apart."""

import time

import numpy as np

from benchmarks.code_hash import code_hash
from benchmarks.common import show
from benchmarks.figures import Run
from lam.recommend.history import DAY, History
from lam.recommend.models.base import Floats
from lam.recommend.models.hybrid import HybridModel, HybridSettings
from lam.recommend.types import Item, Taste

_SIZES, _LIKINGS, _CALLS = (4_000, 100_000), (1, 10, 50), 500
_USERS, _EACH, _WIDTH, _SEED = 3_000, 30, 384, 0


def latency(run: Run) -> None:
    """Show p50 and p95 of a call on one thread, at 4,000 and 100,000 items, by how much the user likes."""
    key = {"code": code_hash("lam.recommend.models.hybrid"), "sizes": _SIZES, "calls": _CALLS}
    found = run.once("recommend-latency", key, lambda: {str(size): _measure(size) for size in _SIZES})
    rows = [
        [f"{int(size):,}", count, f"{p50:.2f}", f"{p95:.2f}"]
        for size, one in found.items()
        for count, (p50, p95) in one.items()
    ]
    show("One call of the hybrid", ["items", "likings", "p50 ms", "p95 ms"], rows)


def _measure(size: int) -> dict[str, tuple[float, float]]:
    generator = np.random.default_rng(_SEED)
    popular = 1 / np.arange(1, size + 1)
    ids = tuple(f"i{place}" for place in range(size))
    history = History(
        tuple(f"u{place}" for place in range(_USERS)), ids,
        np.repeat(np.arange(_USERS, dtype=np.int32), _EACH),
        generator.choice(size, _USERS * _EACH, p=popular / popular.sum()).astype(np.int32),
        np.ones(_USERS * _EACH, dtype=np.float32), generator.random(_USERS * _EACH) * 365 * DAY,
    )  # fmt: skip

    def encode(texts: list[str]) -> Floats:
        return generator.normal(size=(len(texts), _WIDTH)).astype(np.float32)

    model = HybridModel.fit(history, [Item(one, one) for one in ids], HybridSettings(), _SEED, encode)
    found = {}
    for count in _LIKINGS:
        times = []
        for call in range(_CALLS):
            liked = dict.fromkeys((ids[place] for place in generator.choice(size, count, replace=False)), 1.0)
            began = time.perf_counter()
            model.scores(Taste(liked, ages=dict.fromkeys(liked, 3.0)))
            if call >= _CALLS // 10:  # the first ones warm up
                times.append(1000 * (time.perf_counter() - began))
        found[str(count)] = (float(np.quantile(times, 0.5)), float(np.quantile(times, 0.95)))
    return found
