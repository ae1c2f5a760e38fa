"""How well each intent is read, as a table on the terminal."""

from rich.table import Table
from rich.text import Text

from lam.reports.facts import NOTHING
from lam.understanding.evaluate import Evaluation
from lam.workbench.terminal import printable


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
