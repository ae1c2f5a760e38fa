"""Tables of figures: ours beside what it has to reach, and its peers."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

# Student's t for a 95 % interval, by degrees of freedom.
_T = {1: 12.71, 2: 4.30, 3: 3.18, 4: 2.78, 5: 2.57, 6: 2.45, 7: 2.36, 8: 2.31, 9: 2.26}

#: What was found for a model, a value for each seed; None where it was not measured.
Values = Sequence[float] | None


@dataclass(frozen=True)
class Bar:
    """What a figure must reach and what it should; `low`: it is to be that or less."""

    must: float
    goal: float
    low: bool = False

    def __str__(self) -> str:
        both = f"{self.must:g}" if self.must == self.goal else f"{self.must:g} / {self.goal:g}"
        return f"{'≤' if self.low else '≥'} {both}"

    def reached(self, value: float) -> str:
        """Say which of the two a figure reaches: the goal, the bar that it must, or none."""
        for name, wanted in (("goal", self.goal), ("must", self.must)):
            if value <= wanted if self.low else value >= wanted:
                return name
        return "missed"


@dataclass(frozen=True)
class Line:
    """A figure of several models.

    Attributes:
        what: it is, with its unit.
        values: of each model, ours first.
        bar: what ours is held against.
        places: behind the point.
    """

    what: str
    values: Sequence[Values]
    bar: Bar | None = None
    places: int = 2


@dataclass(frozen=True)
class Sheet:
    """A table: what it is about, the models (ours first), and their figures."""

    title: str
    models: Sequence[str]
    lines: Sequence[Line]

    def show(self) -> None:
        """Print it."""
        ours, *peers = self.models
        table = Table("", ours, "must / goal", "reached", *peers, title=self.title)
        for line in self.lines:
            mine, *others = (mean_interval(one, line.places) if one else "–" for one in line.values)
            bar = reached = ""
            if line.bar:
                bar = str(line.bar)
                reached = line.bar.reached(statistics.fmean(line.values[0])) if line.values[0] else ""
            table.add_row(line.what, mine, bar, reached, *others)
        Console().print(table)


def mean_interval(values: Sequence[float], places: int = 2) -> str:
    """Write the mean with its 95 % interval, "94.10 ± 0.30"; without one for a single value."""
    mean = f"{statistics.fmean(values):.{places}f}"
    if len(values) < 2:
        return mean
    half = _T[len(values) - 1] * statistics.stdev(values) / math.sqrt(len(values))
    return f"{mean} ± {half:.{places}f}"
