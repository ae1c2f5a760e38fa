"""What all benchmarks share: the data, results that a later run takes up, mean with interval, a table."""

import json
import math
import os
import statistics
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

RESULTS = Path(__file__).parent.parent / "results"
# Student's t for a 95 % interval, by degrees of freedom.
_T = {1: 12.71, 2: 4.30, 3: 3.18, 4: 2.78, 5: 2.57, 6: 2.45, 7: 2.36, 8: 2.31, 9: 2.26}


def data_folder(name: str) -> Path:
    """Return the folder of a public data set.

    Raises:
        SystemExit: it isn't there.
    """
    folder = Path(os.environ.get("LAM_BENCH_DATA", "")) / name
    if not os.environ.get("LAM_BENCH_DATA") or not folder.is_dir():
        raise SystemExit(
            f"LAM_BENCH_DATA: expected a folder that holds {name}/, found none. See docs/benchmarks.md."
        )
    return folder


def once(name: str, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Return the result of `work`, kept in results/NAME.json: an interrupted study goes on where it was."""
    path = RESULTS / f"{name}.json"
    if not path.exists():
        RESULTS.mkdir(exist_ok=True)
        result = work()
        path.write_text(json.dumps(result, indent=1), encoding="utf-8")
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def mean_interval(values: Sequence[float]) -> str:
    """Write the mean in percent with its 95 % interval, "94.1 ± 0.3"; without one for a single value."""
    mean = 100 * statistics.fmean(values)
    if len(values) < 2:
        return f"{mean:.2f}"
    half = _T[len(values) - 1] * 100 * statistics.stdev(values) / math.sqrt(len(values))
    return f"{mean:.2f} ± {half:.2f}"


def show(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table."""
    table = Table(*columns, title=title)
    for row in rows:
        table.add_row(*row)
    Console().print(table)
