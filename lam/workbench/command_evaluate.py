"""`lam understand evaluate`: how well a model reads labelled texts."""

from collections.abc import Sequence
from pathlib import Path

import typer
from rich.table import Table
from rich.text import Text

from lam.reports.facts import NOTHING, Confusion, Report, gather
from lam.reports.writer import write_report
from lam.types import Example, Reading
from lam.understanding.archive import load_model
from lam.understanding.classifier import IntentClassifier
from lam.understanding.corpus.reader import read_examples
from lam.workbench.report_table import report_table
from lam.workbench.terminal import CommandError, printable, show

_CONFUSIONS = 10


def evaluate_model(model: Path, data: Sequence[Path], report: Path | None = None) -> None:
    """Print how well a model reads each intent, what it confuses most often, and the figures of all texts.

    Args:
        model: a classifier's folder, or a Rasa archive.
        data: files and folders of labelled texts.
        report: a folder for the report.

    Raises:
        NoSuchModel, ArtifactError: there is no such model.
        DataError: a data file can't be read.
        CommandError: no text has an intent of the model.
        ReportError: the report can't be written.
    """
    examples = read_examples(*data)
    found = judge(load_model(model), examples, report)
    show(report_table(found.evaluation))
    if found.worst:
        show(_confusions(found.worst[:_CONFUSIONS]))
    show(figures(found))


def judge(classifier: IntentClassifier, examples: Sequence[Example], report: Path | None = None) -> Report:
    """Return how well a classifier reads examples, and write a report on it.

    Texts of intents that it doesn't know are told of apart: all that it can do is to read them as outside.

    Raises:
        CommandError: no text has an intent of the model.
        ReportError: the report can't be written.
    """
    known = [one for one in examples if one.intent in classifier.intents]
    if not known:
        raise CommandError(
            f"Expected texts with intents of the model, found none in {len(examples)} texts. "
            f"It knows {', '.join(classifier.intents[:5])}…"
        )
    strangers = [one for one in examples if one.intent not in classifier.intents]
    if strangers:
        outside = sum(one.outside for one in _read(classifier, strangers))
        typer.echo(
            f"{len(strangers)} texts have intents that the model doesn't know; it reads {outside} of them as "
            "outside. They don't count below.",
            err=True,
        )
    readings = _read(classifier, known)
    if report:
        typer.echo(f"The report is {write_report(report, known, readings)}.", err=True)
    return gather(known, readings, "")


def figures(report: Report) -> Table:
    """Return a table of the figures of all texts."""
    table = Table(box=None, show_header=False)
    for name, value in (
        ("texts", str(report.texts)),
        ("accuracy", f"{report.evaluation.accuracy:.1%}"),
        ("macro F1", f"{report.macro_f1:.3f}"),
        ("entities' F1", f"{report.all_entities.f1:.3f}" if report.all_entities else "no entities"),
        ("calibration error", f"{report.calibration_error:.3f}"),
        ("read as outside", f"{report.outside:.1%}"),
    ):
        table.add_row(name, value)
    return table


def _read(classifier: IntentClassifier, examples: Sequence[Example]) -> list[Reading]:
    texts, contexts = [one.text for one in examples], [one.context for one in examples]
    return classifier.predict(texts, limit=1, contexts=contexts)


def _confusions(worst: Sequence[Confusion]) -> Table:
    table = Table("meant", "read as", "times", "for example", title="most frequent confusions")
    for one in worst:
        text = printable(one.texts[0][0])
        read = Text(printable(one.read or NOTHING))
        table.add_row(Text(printable(one.meant)), read, str(one.times), Text(text, overflow="ellipsis"))
    return table
