"""`lam recommend` as somebody types it, on a database of its own."""

from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from lam.cli import app

HEAD = "user,item,kind,at\n"
NOON = "2026-11-01T12:00:00+00:00"
ITEMS = "".join(f"- {{id: i{n}, name: thing {n}}}\n" for n in range(12))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a catalogue and rules, and the checker board of interactions."""
    monkeypatch.setenv("LAM_HOME", str(tmp_path / "var"))
    monkeypatch.setenv("LAM_NOW", "2026-11-24T10:00:00+00:00")
    (tmp_path / "items.yml").write_text(ITEMS)
    (tmp_path / "rules.yml").write_text("facts: {age: number}\nitems:\n  i1: {age: {from: 18}}\n")
    (tmp_path / "policy.yml").write_text("model: als\nranking: {explore: 0, discover: 0, diversity: 0}\n")
    rows = [
        f"u{user},i{item},purchase,{NOON}\n"
        for user in range(40)
        for item in range(12)
        if user % 2 == item % 2 and item // 2 != user // 2 % 6
    ]
    (tmp_path / "board.csv").write_text(HEAD + "".join(rows))
    return tmp_path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["recommend", *map(str, arguments)])


def rows(output: str) -> list[list[str]]:
    """The cells of a table, without its head."""
    return [[cell.strip() for cell in line.split("│")[1:-1]] for line in output.splitlines() if "│" in line]


def explained(project: Path, *arguments: object) -> Result:
    files = {name: project / f"{name}.yml" for name in ("items", "rules", "policy")}
    options = [part for name, path in files.items() for part in (f"--{name}", path)]
    return run("explain", *options, *arguments)


def test_import_tells_broken_lines_and_keeps_the_rest(project: Path) -> None:
    (project / "a.csv").write_text(f"{HEAD}u,i1,click,{NOON}\nu,i1\nu,i2,stare,{NOON}\n")
    done = run("import", project / "a.csv", project / "a.csv")
    assert done.exit_code == 0
    assert "1 new, 0 known, 2 broken" in done.output and "0 new, 1 known, 2 broken" in done.output
    assert f"{project / 'a.csv'}:3: expected 4 values, found 2" in done.output
    assert f"{project / 'a.csv'}:4: Expected a kind among" in done.output


def test_a_file_that_is_none_is_one_line(project: Path) -> None:
    done = run("import", project / "none.csv")
    assert done.exit_code == 2
    assert done.output.startswith("lam: Expected a file that ends in .csv or .parquet")


def test_explain_shows_who_would_see_what_and_why(project: Path) -> None:
    run("import", project / "board.csv")
    done = explained(project, "u0")
    assert done.exit_code == 0
    (item, _, propensity, because), *others = rows(done.output)
    assert (item, propensity) == ("i0", "1.000") and because.startswith("i")
    assert {row[0] for row in others} == {"i3", "i5", "i7", "i9", "i11"}, "i1 is for who is known to be 18"
    assert "i1" in {row[0] for row in rows(explained(project, "u0", "--fact", "age=30").output)}


def test_a_fact_that_is_none_is_told(project: Path) -> None:
    done = explained(project, "u0", "--fact", "age")
    assert done.exit_code == 2 and "Expected a fact such as age=35, found 'age'" in done.output


def test_compare_puts_models_side_by_side(project: Path) -> None:
    run("import", project / "board.csv")
    done = run("compare", "--items", project / "items.yml", "--model", "popularity", "--model", "ease")
    assert done.exit_code == 0, done.output
    figures = {row[0]: float(row[1]) for row in rows(done.output)}
    assert figures["ease"] > figures["popularity"] > 0


def test_compare_reads_what_export_wrote(project: Path) -> None:
    pytest.importorskip("pyarrow")
    run("import", project / "board.csv")
    assert "200 interactions of 40 users" in run("export", project / "out.parquet").output
    asked = ["compare", "--items", project / "items.yml", "--model", "ease"]
    there, here = run(*asked, "--data", project / "out.parquet"), run(*asked)
    assert there.exit_code == 0, there.output
    assert rows(there.output)[0][:5] == rows(here.output)[0][:5]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [(["--model", "magic"], "Expected models among"), (["--split", "half"], "Expected time, last or users"),
     (["--model", "ease"], "users with something held out, found 0")],
)  # fmt: skip
def test_what_cannot_be_compared_is_told(arguments: list[str], told: str, project: Path) -> None:
    done = run("compare", "--items", project / "items.yml", *arguments)
    assert done.exit_code == 2
    assert told in " ".join(done.output.split())
