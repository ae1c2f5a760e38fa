"""The pictures of a report, as PNG. They need matplotlib, which Rasa brings."""

import io
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from lam.reports.facts import NOTHING
from lam.understanding.evaluate import Evaluation

_MANY, _MOST, _LETTERS = 40, 100, 32
_BLUE, _GREY, _RED = "#1f6feb", "#9aa5b1", "#cf222e"


def confusion_picture(evaluation: Evaluation) -> bytes | None:
    """Return the confusion matrix; None when there is nothing to show.

    Of more than 40 intents it shows those that are confused with others; of more than 100 of these the worst.
    A cell's shade is its share of the row.
    """
    names, title = _shown(evaluation)
    meant = [name for name in names if name in evaluation.intents]
    if not meant:
        return None
    counts = _matrix(evaluation, meant, names)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    figure = _figure((max(5.0, 2.6 + 0.27 * len(names)), max(4.4, 2.6 + 0.27 * len(meant))))
    axes = figure.subplots()
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1, aspect="equal")
    for row, column in zip(*np.nonzero(counts), strict=True):
        wrong = meant[row] != names[column]
        colour = "white" if shares[row, column] > 0.55 else _RED if wrong else "black"
        number = str(counts[row, column])
        axes.text(column, row, number, color=colour, ha="center", va="center", fontsize=7)
    for axis, shown in ((axes.xaxis, names), (axes.yaxis, meant)):
        # Without parse_math an intent with dollar signs is a formula.
        axis.set_ticks(range(len(shown)), [_label(name) for name in shown], fontsize=8, parse_math=False)
        axis.set_ticks(np.arange(len(shown) + 1) - 0.5, minor=True)
    axes.tick_params(axis="x", rotation=90)
    axes.tick_params(which="minor", length=0)
    axes.grid(which="minor", color="#d0d7de", linewidth=0.4)
    axes.set(xlabel="read as", ylabel="meant")
    axes.set_title(title, fontsize=11)
    return _png(figure)


def calibration_picture(bins: Sequence[tuple[float, float, float]], error: float) -> bytes:
    """Return a reliability diagram: the accuracy of texts that were read with a confidence.

    DeGroot and Fienberg, "The Comparison and Evaluation of Forecasters", The Statistician 32, 1983.

    Args:
        bins: (share of the texts, mean confidence, accuracy) of each.
        error: the expected calibration error, in [0, 1].
    """
    shares, confidences, accuracies = np.array(bins).T
    figure = _figure((5.6, 6.0))
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(4, 1))
    above.plot([0, 1], [0, 1], color=_GREY, linestyle="--", linewidth=1, label="perfectly calibrated")
    above.vlines(confidences, confidences, accuracies, color=_RED, linewidth=2.5, alpha=0.6, label="gap")
    above.plot(confidences, accuracies, color=_BLUE, marker="o", markersize=5, label="accuracy")
    above.set(xlim=(0, 1), ylim=(0, 1.02), ylabel="accuracy")
    above.set_title(f"Calibration: expected error {100 * error:.1f} points", fontsize=11)
    above.legend(loc="upper left", frameon=False)
    below.bar(confidences, 100 * shares, width=0.03, color=_BLUE)
    below.set(xlabel="confidence", ylabel="% of texts")
    for axes in (above, below):
        axes.grid(linewidth=0.5, alpha=0.5)
        axes.set_axisbelow(True)
        axes.spines[["top", "right"]].set_visible(False)
    return _png(figure)


def _shown(evaluation: Evaluation) -> tuple[list[str], str]:
    """Return the intents of the matrix, and what the title says about those that it leaves out."""
    wrong: dict[str, int] = {}
    for meant, read, times in evaluation.confusions:
        wrong[meant], wrong[read] = wrong.get(meant, 0) + times, wrong.get(read, 0) + times
    everything = sorted({*evaluation.intents, *wrong})
    if len(everything) <= _MANY:
        return everything, "Confusions"
    worst = sorted(wrong, key=lambda name: (-wrong[name], name))[:_MOST]
    why = "the others have none" if len(worst) == len(wrong) else "those that are confused most"
    return sorted(worst), f"Confusions: {len(worst)} of {len(everything)} intents, {why}"


def _matrix(evaluation: Evaluation, meant: Sequence[str], read: Sequence[str]) -> npt.NDArray[np.int64]:
    """Return how often each of some intents was read as each of others. Shape: (meant, read)"""
    counts = {(one, one): evaluation.intents[one].support for one in meant}
    for wanted, found, times in evaluation.confusions:
        counts[wanted, found] = times
        if wanted in meant:
            counts[wanted, wanted] -= times
    return np.array([[counts.get((one, other), 0) for other in read] for one in meant], dtype=np.int64)


def _label(name: str) -> str:
    name = name or NOTHING
    return name if len(name) <= _LETTERS else f"{name[: _LETTERS - 1]}…"


def _figure(size: tuple[float, float]) -> Any:
    from matplotlib.figure import Figure  # type: ignore[import-untyped]

    return Figure(figsize=size, layout="constrained")


def _png(figure: Any) -> bytes:
    file = io.BytesIO()
    with warnings.catch_warnings():
        # The font lacks some scripts; the page and the table have the names in full.
        warnings.filterwarnings("ignore", message="Glyph .* missing", category=UserWarning)
        figure.savefig(file, format="png", dpi=110)
    return file.getvalue()
