"""Batch import: a million lines, broken ones, duplicates, any order; CSV and Parquet say the same."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from lam.recommend import Interactions
from lam.recommend.importing import ImportFailed, import_file
from lam.storage import MIGRATIONS, Database, migrate, open_database

HEAD = "user,item,kind,at,up\n"
NOON = "2026-11-01T12:00:00+00:00"


@pytest.fixture
def store(tmp_path: Path) -> Interactions:
    database = open_database(f"sqlite:///{tmp_path / 'learning.db'}")
    migrate(database, MIGRATIONS / "learning")
    return Interactions(database)


def test_a_million_lines_of_which_three_are_broken(store: Interactions, tmp_path: Path) -> None:
    path, lines = tmp_path / "events.csv", 1_000_000
    broken = {5: "u,only-two", 500_000: 'u,"i,click,2026-11-01T12:00:00+00:00,', 999_999: "u,i,stare,now,"}
    with path.open("w", encoding="utf-8") as stream:
        stream.write(HEAD)
        stream.writelines(
            f"{broken[line]}\n" if line in broken else f"u{line % 9973},i{line},click,{NOON},\n"
            for line in range(2, lines + 2)
        )
    seen: list[tuple[int, int]] = []
    found = import_file(store, path, lambda done, total: seen.append((done, total)))
    assert (found.new, found.known, found.broken) == (lines - 3, 0, 3)
    assert [line for line, _ in found.problems] == sorted(broken)
    assert "found 2" in found.problems[0][1] and "Expected" not in found.problems[0][1]
    assert seen[-1][0] == seen[-1][1] == path.stat().st_size
    assert len(seen) > 90 and seen == sorted(seen)


def test_again_and_in_another_order_nothing_is_new(store: Interactions, tmp_path: Path) -> None:
    lines = [f"u,i{n},click,2026-11-{n + 1:02d}T12:00:00+00:00,\n" for n in range(20)]
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    first.write_text(HEAD + "".join(lines))
    second.write_text(HEAD + "".join(reversed(lines)) + lines[3])
    assert import_file(store, first).new == 20
    again = import_file(store, second)
    assert (again.new, again.known) == (0, 21)


def test_csv_and_parquet_say_the_same(learning_database: Database, tmp_path: Path) -> None:
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    store, at = Interactions(learning_database), datetime(2026, 11, 1, 12, tzinfo=UTC)
    csv, parquet = tmp_path / "a.csv", tmp_path / "a.parquet"
    csv.write_text(
        f"{HEAD}a,x,thumb,{NOON},down\na,y,purchase,{NOON},\na,,click,{NOON},\na,z,click,2026-11-01T12:00,\n"
    )
    rows = [
        {"user": "a", "item": "x", "kind": "thumb", "at": at, "up": False},
        {"user": "a", "item": "y", "kind": "purchase", "at": at, "up": None},
        {"user": "a", "item": None, "kind": "click", "at": at, "up": None},
    ]
    pq.write_table(pa.Table.from_pylist(rows), parquet)
    found = import_file(store, csv)
    assert (found.new, found.broken) == (2, 2)
    assert found.problems == [
        (4, "expected a value for item, found none"),
        (5, "Expected a time with a zone, found 2026-11-01 12:00:00. Use UTC."),
    ]
    again = import_file(store, parquet)
    assert (again.new, again.known, again.problems) == (0, 2, [(3, "expected a value for item, found none")])
    taste = store.taste("a", at)
    assert (taste.liked, taste.rejected) == ({"y": 4.0}, {"x": 2.0})


@pytest.mark.parametrize(
    ("name", "text", "match"),
    [("a.csv", "user,thing,kind,at\n", "expected the columns user, item, kind, at"),
     ("a.csv", "", "found none"), ("a.txt", HEAD, "ends in .csv or .parquet"),
     ("a.parquet", "no", "a Parquet file"),
     ("a.csv", "user,item,kind,at,at\n", "each once")],
)  # fmt: skip
def test_a_file_that_is_none_is_refused(
    name: str, text: str, match: str, store: Interactions, tmp_path: Path
) -> None:
    (tmp_path / name).write_text(text)
    if name == "a.parquet":
        pytest.importorskip("pyarrow")
    with pytest.raises(ImportFailed, match=match):
        import_file(store, tmp_path / name)


def test_what_is_no_text_spoils_only_its_line(store: Interactions, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    good = f"u,i,click,{NOON},\n".encode()
    strange = b"\xff\xfe,i,click\n\nu\x00" + good[1:]
    path.write_bytes(b"\xef\xbb\xbf" + HEAD.encode() + strange + good)
    found = import_file(store, path)
    assert (found.new, found.broken) == (1, 2)
