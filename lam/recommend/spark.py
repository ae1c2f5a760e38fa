"""The same factorisation on a cluster: Apache Spark's ALS, from Parquet to the factors that are served here.

Only the driver needs lam: all that runs on the executors is Spark's own. No user's vector leaves the
cluster, for serving solves it anew from what is liked (`lam.recommend.models.foldin`).
"""

import math
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from os import environ
from typing import TYPE_CHECKING, Any

import numpy as np

from lam.recommend.factors import Factors, Floats
from lam.recommend.history import DAY
from lam.recommend.models.als import AlsSettings

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_COLUMNS = ("user", "item", "weight", "at")


class SparkError(ValueError):
    """Spark can't train; the message says what was expected, what was found and what to do."""


@contextmanager
def spark_session(
    master: str | None = None, options: Mapping[str, str] | None = None
) -> "Iterator[SparkSession]":
    """Start Spark for the length of a block, or use the session that runs already and leave it running.

    Args:
        master: `local[2]`, `spark://host:7077`, `yarn`, …; what Spark is configured to, or else all cores of
            this machine, when left out.
        options: Spark's own, such as `spark.driver.memory`.

    Raises:
        SparkError: pyspark or Java is missing.
    """
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise SparkError("Expected pyspark, found none. Install it with: pip install 'lam[spark]'") from None
    if not (environ.get("JAVA_HOME") or shutil.which("java")):
        raise SparkError("Expected Java 17, found none. On Debian: apt-get install openjdk-17-jre-headless")
    running = SparkSession.getActiveSession()
    builder = SparkSession.builder.appName("lam recommend")
    # Days are counted in UTC whatever the machine says, and no port is opened that nobody asked for.
    defaults = {"spark.sql.session.timeZone": "UTC", "spark.ui.enabled": "false"}
    for name, value in {**defaults, **(options or {})}.items():
        builder = builder.config(name, value)
    session = running or (builder.master(master) if master else builder).getOrCreate()
    try:
        yield session
    finally:
        if running is None:
            session.stop()


def factorize(
    session: "SparkSession", path: str, settings: AlsSettings | None = None, seed: int = 0
) -> Factors:
    """Factorise the likings in a Parquet file (`lam.recommend.parquet`) as `AlsModel.fit` does here.

    Strengths, fading and confidences are the same. What differs: Spark multiplies lambda by how many items a
    user has, and users an item (Zhou et al. 2008), and knows no other way. So it is given lambda divided by
    the geometric mean of these two numbers: the average vector shrinks as it does on one machine.

    Args:
        path: a file or folder that all executors can read, or a URL of a storage that Spark knows.
        seed: the same seed, file, settings and number of cores give the same factors but for rounding.

    Raises:
        SparkError: a column is missing, a cell is empty or no number, or nothing is liked.
    """
    from pyspark.ml.feature import StringIndexer
    from pyspark.ml.recommendation import ALS
    from pyspark.sql import functions as F  # noqa: N812 - Spark's own name for it

    settings = settings or AlsSettings()
    likes = _strengths(_checked(session, path), settings).cache()
    users, items, count = likes.agg(F.countDistinct("user"), F.countDistinct("item"), F.count("*")).first()
    if not count:
        raise SparkError(f"{path}: expected at least one row with a weight above 0, found none.")
    numbered = likes
    for name in ("user", "item"):  # one by one: the labels of the users stay in the JVM
        indexer = StringIndexer(inputCol=name, outputCol=f"{name}_at", stringOrderType="alphabetAsc").fit(
            likes
        )
        numbered = indexer.transform(numbered).withColumn(f"{name}_at", F.col(f"{name}_at").cast("int"))
    cores = max(session.sparkContext.defaultParallelism, 2)
    model = ALS(
        rank=min(settings.factors, users, items), maxIter=settings.iterations, alpha=settings.alpha,
        regParam=settings.regularization * math.sqrt(users * items) / count, implicitPrefs=True, seed=seed,
        userCol="user_at", itemCol="item_at", ratingCol="strength", numUserBlocks=cores, numItemBlocks=cores,
    ).fit(numbered)  # fmt: skip
    labels = indexer.labels
    places, vectors = _rows(model.itemFactors)
    facts = {"engine": f"spark {session.version}", "seed": seed, "settings": asdict(settings)}
    found = Factors(tuple(labels[place] for place in places), vectors, _mean(model.userFactors), facts)
    likes.unpersist()
    return found


def _checked(session: "SparkSession", path: str) -> "DataFrame":
    """Return the events of a file in which every cell says something; times in seconds since 1970."""
    from pyspark.sql import functions as F  # noqa: N812
    from pyspark.sql.utils import AnalysisException

    try:
        events = session.read.parquet(path).select(
            "user", "item", F.col("weight").cast("double"), F.col("at").cast("double")
        )
    except AnalysisException as error:
        raise SparkError(
            f"{path}: expected a Parquet file with the columns {', '.join(_COLUMNS)}, found: {error.desc}"
        ) from error
    whole = F.col("weight").isNotNull() & ~F.isnan("weight") & (F.abs("weight") < float("inf"))
    for name in ("user", "item", "at"):
        whole &= F.col(name).isNotNull()
    if broken := events.where(~whole).count():
        raise SparkError(
            f"{path}: expected a user, an item, a finite weight and a time in each row, found {broken} rows "
            "without. Leave them out."
        )
    return events


def _strengths(events: "DataFrame", settings: AlsSettings) -> "DataFrame":
    """Return user, item and strength: `lam.recommend.models.tastes.strengths` in Spark's words."""
    from pyspark.sql import Window
    from pyspark.sql import functions as F  # noqa: N812

    likes = F.col("weight") > 0
    pairs = events.groupBy("user", "item").agg(
        F.sum(F.when(likes, F.col("weight"))).alias("weight"),
        F.max(F.when(likes, F.col("at"))).alias("at"),
        F.min("weight").alias("least"),
    )
    strength = 2 * F.col("weight") / (1 + F.col("weight"))
    if math.isfinite(settings.memory) or math.isfinite(settings.trend):
        now = events.agg(F.max("at")).first()[0]
        pairs = pairs.withColumn("newest", F.max("at").over(Window.partitionBy("user")))
        behind, late = F.col("newest") - F.col("at"), F.lit(now) - F.col("newest")
        strength *= F.pow(F.lit(2.0), -(behind / (DAY * settings.memory) + late / (DAY * settings.trend)))
    # What was ever rejected is not liked; it only tells how new its user is.
    pairs = pairs.where((F.col("weight") > 0) & (F.col("least") >= 0))
    return pairs.select("user", "item", strength.cast("float").alias("strength"))


def _rows(factors: "DataFrame") -> tuple[list[int], Floats]:
    """Return numbers and vectors, by number; a partition at a time, for a million of them fill Python."""
    places, vectors = [], []
    for row in factors.orderBy("id").toLocalIterator():
        places.append(row["id"])
        vectors.append(np.array(row["features"], dtype=np.float32))
    return places, np.stack(vectors)


def _mean(factors: "DataFrame") -> Floats:
    """Return the mean of all vectors, made where they lie."""
    from pyspark.sql import functions as F  # noqa: N812

    parts = factors.select(F.posexplode("features").alias("at", "value")).groupBy("at").agg(F.avg("value"))
    found: list[Any] = sorted(parts.collect())
    return np.array([value for _, value in found], dtype=np.float32)
