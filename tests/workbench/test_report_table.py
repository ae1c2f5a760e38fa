"""The table of intents: it fits a terminal, whatever they are called."""

import io
import re

from rich.console import Console

from lam.understanding import Evaluation, evaluate
from lam.workbench.report_table import report_table


def printed(evaluation: Evaluation) -> list[str]:
    console = Console(width=100, file=(file := io.StringIO()), force_terminal=False)
    console.print(report_table(evaluation))
    return file.getvalue().splitlines()


def test_the_table_has_the_worst_first_and_fits_100_columns() -> None:
    long = "balance_not_updated_after_cheque_or_cash_deposit"
    lines = printed(evaluate(["b", long, long, "a"], ["b", "a", None, "a"]))
    assert max(map(len, lines)) <= 100
    text = "\n".join(lines)
    assert "accuracy 50.0%, macro F1 0.556, 4 texts" in text
    assert re.search(r"balance_not_.*0\.000.* 2 │ 1 a ", text)
    assert [line[2] for line in lines if re.match(r"│ [a-b] ", line)] == ["a", "b"]


def test_hostile_names_stay_words() -> None:
    name = "$x_{$ <script>alert(1)</script> \u202e \x00 日本 \ud800 'q' \"" + "long" * 30
    lines = printed(evaluate([name, "b"], ["b", name]))
    assert max(map(len, lines)) <= 100 and "\x00" not in "".join(lines)
