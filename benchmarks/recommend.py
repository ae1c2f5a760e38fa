"""The recommender beside its peers, all tuned with the same number of trials on validation alone.

    python benchmarks/recommend.py [--quick] [ROW …]

Rows: retail_time, retail_last, msweb, strangers, cold, latency. Figures of full runs are kept in
benchmarks/kept: an interrupted study goes on where it was. --quick: a fifth of the users, two trials.
Needs LAM_BENCH_DATA (docs/benchmarks.md).
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks import recommend_protocols as protocols
from benchmarks.common import show
from benchmarks.figures import Run
from benchmarks.recommend_cold import cold
from benchmarks.recommend_latency import latency
from benchmarks.recommend_picture import draw_curves
from benchmarks.recommend_trials import PEERS, Protocol, judged
from lam.recommend.evaluation import interval

_MODELS = ("hybrid", *PEERS)
_MEASURES = ("ndcg@10", "recall@20")


def retail_time(run: Run) -> None:
    """Show what is bought after a cut in time."""
    _compare(run, protocols.retail_time(run.quick), "all")


def retail_last(run: Run) -> None:
    """Show each customer's last 20 % of distinct items."""
    _compare(run, protocols.retail_last(run.quick), "all")


def msweb(run: Run) -> None:
    """Show new visitors of a web site, of whom the first two visits are known, and the curve."""
    protocol = protocols.msweb_strangers(run.quick)
    _compare(run, protocol, "2")
    _curve(run, protocol)


def strangers(run: Run) -> None:
    """Show new customers, of whom a few items are known."""
    _curve(run, protocols.retail_strangers(run.quick))


ROWS: dict[str, Callable[[Run], None]] = {
    one.__name__: one for one in (retail_time, retail_last, msweb, strangers, cold, latency)
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run what is asked for and print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("rows", nargs="*", metavar="ROW", choices=[*ROWS, []])
    parser.add_argument("--quick", action="store_true")
    asked = parser.parse_args(arguments)
    for name in asked.rows or ROWS:
        ROWS[name](Run(asked.quick))


def _compare(run: Run, protocol: Protocol, task: str) -> None:
    found = {name: judged(run, protocol, name) for name in _MODELS}
    ours = found["hybrid"]["tests"][task]
    best = max(PEERS, key=lambda name: float(np.mean(found[name]["tests"][task]["ndcg@10"])))
    rows = []
    for name, one in found.items():
        test = one["tests"][task]
        cells = [f"{np.mean(test[measure]):.4f}" for measure in _MEASURES]
        ahead = "" if name == "hybrid" else gain(ours["ndcg@10"], test["ndcg@10"])
        mark = " (best peer)" if name == best else ""
        rows.append(
            [name + mark, *cells, f"{test['coverage']:.3f}", f"{test['p95']:.2f}", f"{one['fit']:.0f}", ahead]
        )
    columns = ["model", "NDCG@10", "Recall@20", "coverage", "p95 ms", "fit s", "ours ahead by (95 %)"]
    show(f"{protocol.name}, {len(ours['ndcg@10'])} users, {task}", columns, rows)


def _curve(run: Run, protocol: Protocol) -> None:
    counts = [str(count) for count in protocols.REVEALED]
    found = {name: judged(run, protocol, name)["tests"] for name in _MODELS}
    curves: dict[str, dict[str, Any]] = {
        name: {count: one[count]["ndcg@10"] for count in counts} for name, one in found.items()
    }
    rows = [[name, *(f"{np.mean(one[count]):.4f}" for count in counts)] for name, one in curves.items()]
    for peer in PEERS:
        rows.append([f"ours − {peer}", *(gain(curves["hybrid"][one], curves[peer][one]) for one in counts)])
    show(f"{protocol.name}: NDCG@10 of a new user after k likings", ["model", *counts], rows)
    if not run.quick:
        draw_curves(protocol.name, curves)


def gain(ours: Sequence[float], theirs: Sequence[float]) -> str:
    """Return the mean difference with its paired bootstrap interval."""
    difference = np.array(ours) - np.array(theirs)
    low, high = interval(difference)
    return f"{difference.mean():+.4f} ({low:+.4f} to {high:+.4f})"


if __name__ == "__main__":
    main()
