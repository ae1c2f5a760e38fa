"""Apache Spark on this machine: it learns what one process learns, and refuses broken files."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from lam.recommend import spark
from lam.recommend.evaluation import ndcg_at, top
from lam.recommend.factors import Factors
from lam.recommend.history import History, Row
from lam.recommend.models.als import AlsModel, AlsSettings
from lam.recommend.models.tastes import strengths
from lam.recommend.parquet import write_history
from lam.recommend.spark import SparkError, factorize, spark_session

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = pytest.mark.spark

USERS, ITEMS, GROUPS, COUNT = 300, 60, 4, 10
SETTINGS = AlsSettings(factors=8, iterations=10, memory=20.0, trend=30.0)
NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def session() -> "Iterator[SparkSession]":
    pytest.importorskip("pyspark", reason="Spark is not installed: scripts/install spark")
    if not shutil.which("java"):
        pytest.skip("Java is not installed: scripts/install spark")
    quiet = {"spark.ui.showConsoleProgress": "false"}
    options = {"spark.sql.shuffle.partitions": "2", "spark.driver.memory": "1g", **quiet}
    with spark_session("local[2]", options) as session:
        session.sparkContext.setLogLevel("ERROR")
        yield session


def histories() -> tuple[History, History]:
    """A history, and the same without a fifth of its likings.

    Users of four groups take mostly the items of their own, some of them again; each turns something down
    that may have been liked before.
    """
    rng = np.random.default_rng(3)
    rows: list[Row] = []
    known: list[Row] = []
    for user in range(USERS):
        chance = np.where(np.arange(ITEMS) % GROUPS == user % GROUPS, 0.6, 0.04)
        for item in np.flatnonzero(rng.random(ITEMS) < chance):
            times = [
                NOON + timedelta(minutes=int(one)) for one in rng.integers(100_000, size=rng.integers(1, 3))
            ]
            found = [(f"user {user}", f"item {item}", float(rng.integers(1, 4)), at) for at in times]
            rows += found
            known += found if rng.random() < 0.8 else []
        no = (f"user {user}", f"item {rng.integers(ITEMS)}", -1.0, NOON)
        rows, known = [*rows, no], [*known, no]
    items = [f"item {item}" for item in range(ITEMS)]
    return History.from_rows(rows, items), History.from_rows(known, items)


@pytest.fixture(scope="module")
def whole() -> History:
    return histories()[0]


@pytest.fixture(scope="module")
def known() -> History:
    return histories()[1]


@pytest.fixture(scope="module")
def trained(session: "SparkSession", known: History, tmp_path_factory: pytest.TempPathFactory) -> Factors:
    path = tmp_path_factory.mktemp("spark") / "h.parquet"
    write_history(known, path)
    return factorize(session, str(path), SETTINGS, seed=5)


def test_both_count_the_same_strengths(session: "SparkSession", known: History, tmp_path: Path) -> None:
    write_history(known, tmp_path / "h.parquet")
    events = spark._checked(session, str(tmp_path / "h.parquet"))
    found = {
        (row["user"], row["item"]): row["strength"] for row in spark._strengths(events, SETTINGS).collect()
    }
    wanted = strengths(known, SETTINGS.memory, SETTINGS.trend).tocoo()
    assert found.keys() == {
        (known.users[row], known.items[at]) for row, at in zip(wanted.row, wanted.col, strict=True)
    }
    for row, at, value in zip(wanted.row, wanted.col, wanted.data, strict=True):
        assert found[known.users[row], known.items[at]] == pytest.approx(value, rel=1e-5)


def ndcg(model: AlsModel, whole: History, known: History) -> float:
    """NDCG@10 of finding the items that were held back from the training."""
    places = [model.places[item] for item in whole.items]
    wanted, hidden = (whole.liked - known.liked).tocsr(), known.liked
    wanted.eliminate_zeros()
    users = np.flatnonzero(np.diff(wanted.indptr))
    scores = np.stack([model.scores(known.taste(whole.users[user]))[places] for user in users])
    return float(ndcg_at(top(scores, hidden[users], COUNT), wanted[users]).mean())


def lists(model: AlsModel, history: History) -> list[set[str]]:
    """The best items of each user."""
    return [
        {model.items[at] for at in np.argsort(-model.scores(history.taste(user)))[:COUNT]}
        for user in history.users
    ]


def test_spark_learns_what_one_process_learns(trained: Factors, whole: History, known: History) -> None:
    spark, local = AlsModel.of(trained, SETTINGS), AlsModel.fit(known, [], SETTINGS, seed=5)
    assert set(spark.items) == set(local.items)
    found, wanted = ndcg(spark, whole, known), ndcg(local, whole, known)
    assert wanted > 0.4 and abs(found - wanted) < 0.03, (found, wanted)
    overlap = [
        len(one & other) / COUNT for one, other in zip(lists(spark, known), lists(local, known), strict=True)
    ]
    assert np.mean(overlap) > 0.8


def test_the_factors_serve_from_a_folder(trained: Factors, known: History, tmp_path: Path) -> None:
    trained.write(tmp_path / "factors")
    served = AlsModel.of(Factors.read(tmp_path / "factors"), SETTINGS)
    taste = known.taste("user 1")
    assert np.array_equal(served.scores(taste), AlsModel.of(trained, SETTINGS).scores(taste))
    assert trained.facts["engine"].startswith("spark ")


def test_the_same_seed_gives_the_same_factors(
    session: "SparkSession", trained: Factors, known: History, tmp_path: Path
) -> None:
    write_history(known, tmp_path / "h.parquet")
    again = factorize(session, str(tmp_path / "h.parquet"), SETTINGS, seed=5)
    assert again.items == trained.items and np.allclose(again.vectors, trained.vectors, atol=1e-4)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"weight": None}, "columns user, item, weight, at"),
        ({"item": ["x", None]}, "found 1 rows without"),
        ({"weight": [1.0, float("nan")]}, "found 1 rows without"),
        ({"weight": [-1.0, -2.0]}, "a weight above 0, found none"),
    ],
)
def test_what_is_broken_is_refused(
    session: "SparkSession", tmp_path: Path, change: dict[str, Any], said: str
) -> None:
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    columns = {"user": ["a", "b"], "item": ["x", "y"], "weight": [1.0, 2.0], "at": [NOON, NOON]} | change
    whole = {name: values for name, values in columns.items() if values is not None}
    pq.write_table(pa.table(whole), tmp_path / "h.parquet", coerce_timestamps="us")
    with pytest.raises(SparkError, match=said):
        factorize(session, str(tmp_path / "h.parquet"))
    with pytest.raises(SparkError, match=r"none\.parquet: expected a Parquet file"):
        factorize(session, str(tmp_path / "none.parquet"))


def test_without_java_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pyspark", reason="Spark is not installed: scripts/install spark")
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(SparkError, match="openjdk-17-jre-headless"), spark_session():
        pass
