"""Histories as Parquet files: what is written is read, and what is broken is named."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lam.recommend.history import History
from lam.recommend.parquet import ParquetError, read_history, write_history

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
ROWS = [
    ("zoë", "tea", 1.5, NOON),
    ("adam", "coffee", -2.0, NOON + timedelta(microseconds=1)),
    ("zoë", "coffee", 1.0, NOON - timedelta(days=9)),
    ("zoë", "tea", 1.0, NOON),
]


def same(one: History, other: History) -> bool:
    """Tell whether two histories hold the same events in the same order."""
    return (one.users, one.items) == (other.users, other.items) and all(
        np.array_equal(getattr(one, name), getattr(other, name))
        for name in ("user_at", "item_at", "weight", "at")
    )


def test_what_is_written_is_read(tmp_path: Path) -> None:
    history = History.from_rows(ROWS)
    write_history(history, tmp_path / "h.parquet")
    assert same(read_history(tmp_path / "h.parquet"), history)


def test_a_folder_of_parts_is_one_history(tmp_path: Path) -> None:
    # As Spark writes: parts whose dictionaries differ.
    for at, rows in enumerate((ROWS[:2], ROWS[2:])):
        write_history(History.from_rows(rows), tmp_path / f"part-{at}.parquet")
    assert same(read_history(tmp_path), History.from_rows(ROWS))


def test_the_catalogue_comes_first(tmp_path: Path) -> None:
    write_history(History.from_rows(ROWS), tmp_path / "h.parquet")
    found = read_history(tmp_path / "h.parquet", items=["water", "tea"])
    assert same(found, History.from_rows(ROWS, items=["water", "tea"]))
    assert found.items == ("water", "tea", "coffee")


def test_plain_texts_and_other_units_are_read(tmp_path: Path) -> None:
    columns: dict[str, Any] = {
        "user": pa.array(["b", "a"]),
        "item": pa.array(["x", "x"], pa.large_string()),
        "weight": pa.array([1, 2], pa.int64()),
        "at": pa.array([NOON, NOON], pa.timestamp("ns", tz="Europe/Berlin")),
    }
    pq.write_table(pa.table(columns), tmp_path / "h.parquet")
    assert same(
        read_history(tmp_path / "h.parquet"), History.from_rows([("b", "x", 1, NOON), ("a", "x", 2, NOON)])
    )


def test_nothing_is_a_history_too(tmp_path: Path) -> None:
    write_history(History.from_rows([]), tmp_path / "h.parquet")
    assert read_history(tmp_path / "h.parquet").users == ()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"weight": None}, "weight is missing"),
        ({"item": pa.array(["x", None])}, "an? item in every row, found 1 empty"),
        ({"at": pa.array([0, 0], pa.timestamp("us"))}, "times with a zone"),
        ({"at": pa.array([0, 0])}, "times with a zone"),
        ({"weight": pa.array([1.0, float("nan")])}, "finite weight"),
        ({"weight": pa.array(["1", "2"])}, "numbers as `weight`"),
        ({"user": pa.array([1, 2])}, "texts as `user`"),
    ],
)  # fmt: skip
def test_a_broken_column_is_named(tmp_path: Path, change: dict[str, Any], said: str) -> None:
    columns: dict[str, Any] = {
        "user": pa.array(["a", "b"]),
        "item": pa.array(["x", "y"]),
        "weight": pa.array([1.0, 2.0]),
        "at": pa.array([0, 0], pa.timestamp("us", tz="UTC")),
    }
    whole = {name: values for name, values in (columns | change).items() if values is not None}
    pq.write_table(pa.table(whole), tmp_path / "h.parquet")
    with pytest.raises(ValueError, match=said):
        read_history(tmp_path / "h.parquet")


def test_a_file_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "h.parquet").write_text("user,item\n")
    with pytest.raises(ParquetError, match=r"h\.parquet: expected a Parquet file"):
        read_history(tmp_path / "h.parquet")
    with pytest.raises(ParquetError, match=r"none\.parquet: expected a Parquet file"):
        read_history(tmp_path / "none.parquet")
