"""Writes a report into a folder: a page, its figures and its pictures, all of them or none."""

import dataclasses
import json
import os
import tempfile
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from lam.reports.facts import Report, gather
from lam.reports.page import report_page
from lam.reports.pictures import calibration_picture, confusion_picture
from lam.types import Example, Reading

_PAGE, _FIGURES, _CONFUSIONS, _CALIBRATION = (
    "report.html", "report.json", "confusions.png", "calibration.png",
)  # fmt: skip


class ReportError(ValueError):
    """A report can't be written; the message says what was expected, what was found and what to do."""


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
        ReportError: the folder can't be written.
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
        raise ReportError(
            f"Expected to write the report into {folder}; {error.strerror}. Name another folder."
        ) from error
    return folder / _PAGE


def _pictures(report: Report) -> dict[str, bytes]:
    pictures = {
        _CONFUSIONS: confusion_picture(report.evaluation),
        _CALIBRATION: calibration_picture(report.reliability, report.calibration_error),
    }
    return {name: picture for name, picture in pictures.items() if picture}


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")  # half a surrogate pair is no reason to lose a report
