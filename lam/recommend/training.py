"""Factors of a file of interactions, made on this machine or on a cluster: the same file, the same result."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from lam.recommend.factors import Factors
from lam.recommend.models.als import AlsModel, AlsSettings
from lam.recommend.parquet import read_history
from lam.recommend.spark import factorize, spark_session

Engine = Literal["local", "spark"]


def train_factors(
    engine: Engine,
    interactions: str,
    settings: AlsSettings | None = None,
    seed: int = 0,
    master: str | None = None,
    options: Mapping[str, str] | None = None,
) -> Factors:
    """Return what `AlsModel.of` serves.

    One machine is faster as long as its memory holds the interactions (figures: docs/benchmarks.md).

    Args:
        interactions: a Parquet file (`lam.recommend.parquet`); for Spark also a URL that it can read.
        master, options: for Spark alone; see `spark_session`.

    Raises:
        ParquetError, SparkError: the file is not as it should be, or Spark is missing.
        ModelError: the training diverged.
    """
    if engine == "spark":
        with spark_session(master, options) as session:
            return factorize(session, interactions, settings, seed)
    return AlsModel.fit(read_history(Path(interactions)), [], settings, seed).factors
