"""`lam recommend`: interactions in and out, models side by side, and why somebody is shown what."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from datetime import datetime

    from lam.recommend import Interactions, Preferences

_Items = Annotated[Path, typer.Option(help="The catalogue: YAML, CSV or JSON lines.")]
_Policy = Annotated[Path, typer.Option(help="The recommender's policy.")]
CATALOGUE, POLICY, RULES = (Path(f"content/{name}.yml") for name in ("products", "recommend", "eligibility"))

recommend = typer.Typer(
    help="Interactions, models and reasons of the recommender.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


@recommend.command("import")
def import_interactions(
    files: Annotated[list[Path], typer.Argument(help="CSV or Parquet: user, item, kind, at, …")],
) -> None:
    """Add interactions to the learning database; broken lines are told, all others kept."""
    from lam.workbench.command_recommend import import_files

    import_files(_store(), files)


@recommend.command("export")
def export_interactions(path: Annotated[Path, typer.Argument(help="A Parquet file to write.")]) -> None:
    """Write what all users like and reject to a Parquet file, as training elsewhere reads it."""
    from lam.workbench.command_recommend import export_history

    export_history(_store(), path)


@recommend.command()
def train(
    interactions: Annotated[str, typer.Argument(help="A Parquet file of `lam recommend export`; or a URL.")],
    out: Annotated[Path, typer.Option(help="A folder for the factors.")],
    engine: Annotated[str, typer.Option(help="local, or spark.")] = "local",
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="A hyperparameter; repeat it.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of all that is drawn.")] = 1,
    master: Annotated[
        str | None, typer.Option(help="Spark's: local[2], spark://host:7077, yarn, … [as configured]")
    ] = None,
    conf: Annotated[
        list[str] | None, typer.Option(metavar="KEY=VALUE", help="Spark's, as spark-submit's; repeat it.")
    ] = None,
) -> None:
    """Factorise interactions, on this machine or on Apache Spark."""
    from lam.workbench.command_recommend_train import train as run

    if engine not in ("local", "spark"):
        raise typer.BadParameter(f"Expected local or spark, found {engine}.")
    chosen: Literal["local", "spark"] = engine  # type: ignore[assignment]
    run(interactions, out, chosen, settings or (), seed, master, conf or ())


@recommend.command()
def compare(
    data: Annotated[Path | None, typer.Option(help="A Parquet file of `lam recommend export`.")] = None,
    items: _Items = CATALOGUE,
    models: Annotated[list[str] | None, typer.Option("--model", help="A model; repeat it. [all]")] = None,
    split: Annotated[str, typer.Option(help="time, last or users: what is held out.")] = "last",
    share: Annotated[float, typer.Option(min=0.01, max=0.9, help="How much is held out.")] = 0.2,
    seed: Annotated[int, typer.Option(help="Of all that is drawn.")] = 1,
) -> None:
    """Fit the models on a part of the interactions, and print how well they find the rest."""
    from lam.workbench.command_compare import compare_models

    if split not in ("time", "last", "users"):
        raise typer.BadParameter(f"Expected time, last or users, found {split}.")
    held: Literal["time", "last", "users"] = split  # type: ignore[assignment]
    compare_models(None if data else _store(), data, items, models or (), held, share, seed)


@recommend.command()
def explain(
    user: Annotated[str, typer.Argument(help="A user's id; one that nobody knows is a stranger.")],
    items: _Items = CATALOGUE,
    policy: _Policy = POLICY,
    rules: Annotated[Path, typer.Option(help="Who may be shown what.")] = RULES,
    facts: Annotated[
        list[str] | None, typer.Option("--fact", metavar="NAME=VALUE", help="What rules ask for; repeat it.")
    ] = None,
    words: Annotated[str, typer.Option(help="What the user says about wishes.")] = "",
    count: Annotated[int, typer.Option(min=1, help="At most so many.")] = 10,
) -> None:
    """Print what a user would be shown, and why."""
    from lam.workbench.command_recommend import explain_user

    explain_user(*_stores(), user, items, policy, rules, facts or (), words, count)


def _store() -> "Interactions":
    return _stores()[0]


def _stores() -> "tuple[Interactions, Preferences, datetime]":
    """Return interactions, preferences and the present."""
    from lam.recommend import Interactions, Preferences
    from lam.settings import load_settings
    from lam.storage import MIGRATIONS, migrate, open_database

    settings = load_settings()
    database = open_database(settings.url("learning"))
    migrate(database, MIGRATIONS / "learning")
    return Interactions(database), Preferences(database), settings.present()
