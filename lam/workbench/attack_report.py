"""Attack reports side by side, as a table and as a picture."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.table import Table

from lam.workbench.attack import AttackReport, AttackRow

_COLOURS = ("#9aa5b1", "#1f6feb", "#2da44e", "#bf8700", "#8250df", "#cf222e")
_Case = tuple[str, int]


def attack_table(reports: Mapping[str, AttackReport]) -> Table:
    """Return a table of accuracy and, in brackets, the points that the attack takes.

    It fits 100 columns with up to four models of short names.

    Args:
        reports: by what to call each model, for example "before" and "after".

    Raises:
        ValueError: there is no report.
    """
    rows = _rows(reports)
    one = next(iter(reports.values()))
    title = f"Accuracy under attack, {one.examples} texts"
    table = Table(title=title, caption="behind each accuracy: points against clean texts")
    table.add_column("attack")
    for name in ("edits", "texts", "changed", *reports):
        table.add_column(name, justify="right", no_wrap=True)
    clean = [f"{report.clean:.1%}" + " " * 6 for report in reports.values()]
    table.add_row("none", "", str(one.examples), "", *clean, end_section=True)
    for (attack, edits), by_model in rows.items():
        texts = next(iter(by_model.values())).examples
        shares = sorted({round(100 * row.changed) for row in by_model.values()})
        changed = "-".join(f"{share}" for share in dict.fromkeys((shares[0], shares[-1]))) + "%"
        found = [by_model.get(name) for name in reports]
        cells = [f"{row.accuracy:.1%} {0.0 - row.lost:+5.1f}" if row else "" for row in found]
        table.add_row(attack, str(edits), str(texts), changed, *cells)
    return table


def attack_picture(reports: Mapping[str, AttackReport], path: Path) -> None:
    """Save bars of accuracy by attack, a colour for each model and a paler shade for each larger budget.

    Needs matplotlib, which Rasa brings. A dashed line shows each model's accuracy on clean texts.

    Args:
        reports: by what to call each model, for example "before" and "after".
        path: of a PNG file, written over.

    Raises:
        ValueError: there is no report, or a report has no row.
    """
    from matplotlib.figure import Figure  # type: ignore[import-untyped]

    rows = _rows(reports)
    if not rows:
        raise ValueError(
            "Expected reports with attacks in them, found no row. Attack with one noise or more."
        )
    attacks = list(dict.fromkeys(attack for attack, _ in rows))
    budgets = sorted({edits for _, edits in rows})
    figure = Figure(figsize=(max(7.0, 1.1 * len(attacks) + 1), 4.8), layout="constrained")
    axes = figure.subplots()
    groups = [(name, edits) for name in reports for edits in budgets]
    for place, (name, edits) in enumerate(groups):
        heights = {at: rows.get((one, edits), {}).get(name) for at, one in enumerate(attacks)}
        _bars(axes, heights, (name, edits), (place, len(groups)), _shade(name, edits, list(reports), budgets))
    for name, report in reports.items():
        colour, _ = _shade(name, budgets[0], list(reports), budgets)
        axes.axhline(100 * report.clean, color=colour, linestyle="--", linewidth=1.2, label=f"{name}, clean")
    floor = _floor(min(row.accuracy for by_model in rows.values() for row in by_model.values()))
    axes.set_ylim(floor, 100)
    axes.set_xticks(range(len(attacks)), attacks)
    axes.set_ylabel(f"accuracy in %, from {floor}" if floor else "accuracy in %")
    axes.grid(axis="y", linewidth=0.5, alpha=0.5)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside upper center", ncols=len(budgets) + 1, frameon=False)
    figure.savefig(path, format="png", dpi=150)


def _bars(
    axes: Any,
    heights: Mapping[int, AttackRow | None],
    group: tuple[str, int],
    place: tuple[int, int],
    shade: tuple[str, float],
) -> None:
    """Draw the bars of one model and budget, at its place among so many at each attack."""
    (name, edits), (at, groups), (colour, strength) = group, place, shade
    width = 0.8 / groups
    found = [(x + (at + 0.5) * width - 0.4, 100 * row.accuracy) for x, row in heights.items() if row]
    label = f"{name}, {edits} edit{'s' * (edits != 1)}"
    axes.bar(*zip(*found, strict=True), 0.92 * width, color=colour, alpha=strength, label=label)


def _shade(name: str, edits: int, names: Sequence[str], budgets: Sequence[int]) -> tuple[str, float]:
    paler = 0.55 * budgets.index(edits) / max(1, len(budgets) - 1)
    return _COLOURS[names.index(name) % len(_COLOURS)], 1 - paler


def _rows(reports: Mapping[str, AttackReport]) -> dict[_Case, dict[str, AttackRow]]:
    """Return the rows by attack and budget, then by model, in the order in which they come first."""
    if not reports:
        raise ValueError("Expected a report for at least one model, found none. Make one with `attack`.")
    rows: dict[_Case, dict[str, AttackRow]] = {}
    for name, report in reports.items():
        for row in report.rows:
            rows.setdefault((row.attack, row.edits), {})[name] = row
    return rows


def _floor(lowest: float) -> int:
    """Return a tenth, in percent, that leaves every bar something to stand on."""
    return max(0, math.floor((lowest - 0.05) * 10) * 10)
