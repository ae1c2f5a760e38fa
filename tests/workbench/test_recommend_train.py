"""`lam recommend train` as somebody types it."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from click.testing import Result
from typer.testing import CliRunner

from lam.cli import app
from lam.recommend import Taste
from lam.recommend.factors import Factors
from lam.recommend.history import History
from lam.recommend.models.als import AlsModel, AlsSettings
from lam.recommend.parquet import write_history

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
SMALL = (
    "--set",
    "factors=2",
    "--set",
    "iterations=5",
    "--set",
    "regularization=0.1",
    "--set",
    "centred=false",
)


@pytest.fixture
def board(tmp_path: Path) -> Path:
    """The checker board: evens like evens, each user but for one item. Two factors tell the two apart."""
    rows = [
        (f"u{user}", f"i{item}", 4.0, NOON)
        for user in range(40)
        for item in range(12)
        if user % 2 == item % 2 and item // 2 != user // 2 % 6
    ]
    write_history(History.from_rows(rows), tmp_path / "board.parquet")
    return tmp_path / "board.parquet"


def train(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["recommend", "train", *map(str, arguments)])


def evens_like_evens(folder: Path) -> bool:
    settings = AlsSettings(factors=2, regularization=0.1, centred=False)
    model = AlsModel.of(Factors.read(folder), settings)
    scores = model.scores(Taste({"i0": 4.0, "i4": 4.0}))
    even = np.array([int(item[1:]) % 2 == 0 for item in model.items])
    return bool(scores[even].min() > scores[~even].max())


def test_local(board: Path, tmp_path: Path) -> None:
    done = train(board, "--out", tmp_path / "factors", *SMALL)
    assert done.exit_code == 0 and "12 items, 2 factors" in done.output
    assert evens_like_evens(tmp_path / "factors")


@pytest.mark.spark
def test_spark(board: Path, tmp_path: Path) -> None:
    pytest.importorskip("pyspark", reason="Spark is not installed: scripts/install spark")
    if not shutil.which("java"):
        pytest.skip("Java is not installed: scripts/install spark")
    conf = ("--conf", "spark.driver.memory=1g", "--conf", "spark.sql.shuffle.partitions=2")
    done = train(
        board, "--out", tmp_path / "factors", "--engine", "spark", "--master", "local[2]", *conf, *SMALL
    )
    assert done.exit_code == 0, done.output
    assert evens_like_evens(tmp_path / "factors")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--engine", "sparks"), "Expected local or spark"),
        (("--set", "width=3"), "expected a key among factors"),
        (("--set", "factors=many"), "expected int, found 'many'"),
        (("--set", "factors"), "Expected KEY=VALUE"),
        (("--master", "yarn"), "--engine spark alone"),
    ],
)
def test_what_is_wrong_is_said(board: Path, tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    done = train(board, "--out", tmp_path / "factors", *arguments)
    assert done.exit_code == 2 and said in done.output
    assert not (tmp_path / "factors").exists()


def test_nothing_is_written_over(board: Path, tmp_path: Path) -> None:
    done = train(board, "--out", tmp_path)
    assert done.exit_code == 2 and "new or empty folder" in done.output


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    done = train(tmp_path / "none.parquet", "--out", tmp_path / "factors")
    assert done.exit_code == 2 and "none.parquet: expected a Parquet file" in done.output
