"""`lam recommend train`."""

from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from time import perf_counter
from typing import Any

import typer

from lam.recommend.models.als import AlsSettings
from lam.recommend.training import Engine, train_factors
from lam.workbench.terminal import CommandError


def train(
    interactions: str,
    out: Path,
    engine: Engine,
    settings: Sequence[str],
    seed: int,
    master: str | None,
    conf: Sequence[str],
) -> None:
    """Write the factors of a file of interactions to a new or empty folder.

    Args:
        settings: `KEY=VALUE` of `AlsSettings`.
        master, conf: of Spark.

    Raises:
        CommandError: a setting is none, the folder holds something, or Spark's options came without Spark.
        ParquetError, SparkError, ModelError: the file can't be read, or the training can't be made.
    """
    if out.exists() and any(out.iterdir()):
        raise CommandError(f"{out}: expected a new or empty folder, found files. Name another.")
    if engine != "spark" and (master or conf):
        raise CommandError("Expected --master and --conf with --engine spark alone.")
    began = perf_counter()
    found = train_factors(
        engine, interactions, _settings(settings), seed, master, dict(_pair(one) for one in conf)
    )
    found.write(out)
    items, width = found.vectors.shape
    typer.echo(f"{items} items, {width} factors, after {perf_counter() - began:.0f} s: {out}")


def _settings(given: Sequence[str]) -> AlsSettings:
    kinds = {one.name: type(getattr(AlsSettings(), one.name)) for one in fields(AlsSettings)}
    values: dict[str, Any] = {}
    for text in given:
        key, value = _pair(text)
        if key not in kinds:
            raise CommandError(f"--set: expected a key among {', '.join(kinds)}, found {key!r}.")
        try:
            values[key] = value == "true" if kinds[key] is bool else kinds[key](value)
        except ValueError:
            raise CommandError(f"--set {key}: expected {kinds[key].__name__}, found {value!r}.") from None
    return AlsSettings(**values)


def _pair(text: str) -> tuple[str, str]:
    key, separator, value = (part.strip() for part in text.partition("="))
    if not (key and separator):
        raise CommandError(f"Expected KEY=VALUE, found {text!r}.")
    return key, value
