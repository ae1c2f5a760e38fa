"""What all benchmarks share: where the data lies, and a table."""

import os
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table


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


def show(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table."""
    table = Table(*columns, title=title)
    for row in rows:
        table.add_row(*row)
    Console().print(table)
