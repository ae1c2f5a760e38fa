"""Reports on how well texts are read: a folder with a page, its figures and its pictures; and a table."""

import dataclasses
import json
import os
import tempfile
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from rich.table import Table
from rich.text import Text

from lam.types import Example, Reading
from lam.understanding.evaluate import Evaluation
from lam.workbench.report_facts import NOTHING, Report, gather
from lam.workbench.report_page import report_page
from lam.workbench.report_pictures import calibration_picture, confusion_picture
from lam.workbench.terminal import CommandError, printable

_PAGE, _FIGURES, _CONFUSIONS, _CALIBRATION = (
    "report.html", "report.json", "confusions.png", "calibration.png",
)  # fmt: skip


def write_report(
    folder: Path,
    examples: Sequence[Example],
    readings: Sequence[Reading],
    title: str = "How well texts are read",
) -> Path:
    """Write report.html, report.json, confusions.png and calibration.png; return the page.

    All are made before the first of them is replaced; a folder's other files stay. Without matplotlib there
    are no pictures, without intents to show there is no confusions.png.

    Args:
        folder: is made when it is missing.
        examples: what was meant.
        readings: of the examples' texts, in their order.
        title: what was measured.

    Raises:
        ValueError: the two differ in length, or there is nothing to compare.
        CommandError: the folder can't be written.
    """
    report = gather(examples, readings, title)
    pictures = _pictures(report) if find_spec("matplotlib") else {}
    captions = {_CONFUSIONS: "Confusion matrix", _CALIBRATION: "Calibration"}
    page = report_page(report, {captions[name]: picture for name, picture in pictures.items()})
    figures = json.dumps(dataclasses.asdict(report), ensure_ascii=False, indent=1)
    files = pictures | {_FIGURES: _bytes(figures), _PAGE: _bytes(page)}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # Inside of the folder: what is beside it may be another file system, or not ours to write to.
        with tempfile.TemporaryDirectory(prefix=".report-", dir=folder) as scratch:
            for name, content in files.items():
                (Path(scratch) / name).write_bytes(content)
            for name in files:
                os.replace(Path(scratch) / name, folder / name)
        for name in {_CONFUSIONS, _CALIBRATION} - files.keys():
            (folder / name).unlink(missing_ok=True)
    except OSError as error:
        raise CommandError(
            f"Expected to write the report into {folder}; {error.strerror}. Name another folder."
        ) from error
    return folder / _PAGE


def report_table(evaluation: Evaluation) -> Table:
    """Return a table of the intents, the worst first, with what each is mistaken for; it fits 100 columns."""
    scores = evaluation.intents
    macro = sum(one.f1 for one in scores.values()) / len(scores)
    texts = sum(one.support for one in scores.values())
    table = Table(title=f"accuracy {evaluation.accuracy:.1%}, macro F1 {macro:.3f}, {texts} texts")
    table.add_column("intent", max_width=32, overflow="fold")
    for name in ("precision", "recall", "F1", "texts"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("most often read as", max_width=24, overflow="fold")
    mistaken: dict[str, str] = {}
    for meant, read, times in evaluation.confusions:  # the most frequent come first
        mistaken.setdefault(meant, f"{times} {printable(read or NOTHING)}")
    for name, one in sorted(scores.items(), key=lambda item: (item[1].f1, item[0])):
        figures = (f"{one.precision:.3f}", f"{one.recall:.3f}", f"{one.f1:.3f}", f"{one.support}")
        table.add_row(Text(printable(name)), *figures, Text(mistaken.get(name, "")))
    return table


def _pictures(report: Report) -> dict[str, bytes]:
    pictures = {
        _CONFUSIONS: confusion_picture(report.evaluation),
        _CALIBRATION: calibration_picture(report.reliability, report.calibration_error),
    }
    return {name: picture for name, picture in pictures.items() if picture}


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")  # half a surrogate pair is no reason to lose a report
