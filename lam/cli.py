"""The `lam` command. Each command imports what it needs, so that `lam --help` answers at once."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from lam.workbench.cli import attack, understand
from lam.workbench.recommend_cli import recommend

if TYPE_CHECKING:
    from lam.settings import Settings
    from lam.storage import Database

ROOT = Path()  # lam works on the Rasa project that it is started in

# What a person can mend, by the module that says so.
_MENDABLE = {
    "lam.settings": "SettingError",
    "lam.supervisor.model": "TrainingFailed",
    "lam.reports.writer": "ReportError",
    "lam.encoder.sealed": "ArtifactError",
    "lam.encoder.weights": "EncoderError",
    "lam.understanding.archive": "NoSuchModel",
    "lam.places": "DataError",
    "lam.recommend.importing": "ImportFailed",
    "lam.recommend.models.base": "ModelError",
    "lam.recommend.parquet": "ParquetError",
    "lam.recommend.spark": "SparkError",
    "lam.workbench.terminal": "CommandError",
}


class _Group(TyperGroup):
    """Prepares every command's process; shows what a person can mend as one line, not as a traceback."""

    def invoke(self, ctx: Any) -> Any:
        os.umask(0o077)  # databases, keys and logs are about people: nobody else on this machine reads them
        # The project's own packages, bank and actions, also where the installed script `lam` is started.
        if (root := str(ROOT.resolve())) not in sys.path:
            sys.path.insert(0, root)
        try:
            return super().invoke(ctx)
        except Exception as error:
            if not isinstance(error, _mendable()):
                raise
            typer.echo(f"lam: {' '.join(str(error).split())}", err=True)
            raise typer.Exit(2) from None


def _mendable() -> tuple[type[Exception], ...]:
    """Return the classes of the modules that are loaded: what the others define has not been raised."""
    return tuple(getattr(sys.modules[one], name) for one, name in _MENDABLE.items() if one in sys.modules)


def _group(help_text: str, **options: Any) -> typer.Typer:
    return typer.Typer(help=help_text, no_args_is_help=True, pretty_exceptions_enable=False, **options)


app = _group("A bank assistant that learns from the people who talk to it.", cls=_Group, add_completion=False)
keys, feedback = _group("Keys that lam made."), _group("What people said about answers.")
sessions, test = _group("Who a conversation belongs to."), _group("Tests of the assistant as a whole.")
for name, group in (("keys", keys), ("feedback", feedback), ("sessions", sessions), ("test", test)):
    app.add_typer(group, name=name)
app.add_typer(understand, name="understand")
app.add_typer(recommend, name="recommend")
app.command("attack")(attack)


@app.command()
def up() -> None:
    """Run the whole assistant: prepares what is missing, then edge, engine and actions until Ctrl-C."""
    from lam.supervisor.up import up as run

    run(_settings(), ROOT, _tell)


@app.command()
def serve() -> None:
    """Run the edge: chat page, its interface, REST."""
    from lam.edge import serve as run

    run(_settings())


@app.command()
def engine() -> None:
    """Run the engine: a Rasa server that only the edge can reach."""
    from lam.supervisor.engine import serve_engine

    serve_engine(_settings(), ROOT)


@app.command()
def actions() -> None:
    """Run the action server that only the engine can reach."""
    from lam.engine.action_server import serve_actions

    serve_actions(_settings())


@app.command()
def migrate() -> None:
    """Bring all databases to their newest tables."""
    from lam.supervisor.databases import migrate_all

    migrate_all(_settings())


@app.command()
def seed() -> None:
    """Fill the demonstration bank, if it is empty."""
    from lam.supervisor.databases import migrate_all, seed_bank

    settings = _settings()
    migrate_all(settings)
    _tell("Filled the demonstration bank." if seed_bank(settings) else "There was nothing to fill.")


@app.command()
def due() -> None:
    """Book the bank's planned payments that are due, once; print how many. For cron or a timer."""
    from lam.supervisor.databases import book_due

    typer.echo(f"Planned payments booked: {book_due(_settings())}")


@app.command()
def train() -> None:
    """Train a model for the present data, if there is none; print where it is."""
    import asyncio

    from lam.supervisor.model import train as run

    typer.echo(asyncio.run(run(ROOT, _tell)))


@keys.command("show")
def show(name: Annotated[str, typer.Argument(help="rest: the key of programs that use REST.")]) -> None:
    """Print a key."""
    from lam.supervisor.keys import with_keys

    if name != "rest":
        raise typer.BadParameter(f"Expected rest, found {name}.")
    typer.echo(with_keys(_settings()).rest_key.reveal())


@feedback.command("list")
def list_feedback(limit: Annotated[int, typer.Option(help="Newest ratings to show.", min=1)] = 20) -> None:
    """Print the newest ratings."""
    from lam.feedback import Feedback

    for rating in Feedback(_database("learning")).list(limit=limit):
        words = f"{rating.user_text!r} -> {rating.answer_text!r} ({rating.action}, {rating.intent})"
        typer.echo(f"{rating.changed_at:%Y-%m-%d %H:%M}  {rating.value:4}  {words}  {rating.reason or ''}")


@feedback.command("export")
def export_feedback(path: Annotated[Path, typer.Argument(help="A .csv or .jsonl file.")]) -> None:
    """Write all ratings to a file, as CSV or JSON lines by its name."""
    from lam.feedback import Feedback

    if path.suffix not in (".csv", ".jsonl"):
        raise typer.BadParameter(f"Expected a name that ends in .csv or .jsonl, found {path.name}.")
    count = Feedback(_database("learning")).export(path, "csv" if path.suffix == ".csv" else "jsonl")
    _tell(f"{count} ratings are in {path}.")


@sessions.command("sign-in")
def sign_in(conversation: str, customer: str) -> None:
    """Sign a customer in to a conversation, as an operator or for `rasa shell --conversation-id`."""
    from lam.sessions import Sessions

    desk = Sessions(_database("conversations"), _settings())
    typer.echo(desk.bind(desk.start("operator", conversation), customer))


@test.command("conversations", context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
def test_conversations(context: typer.Context) -> None:
    """Play the dialogues of tests/conversations against the really started processes."""
    from importlib import import_module

    raise typer.Exit(import_module("lam.dialogues").main(context.args))


def _settings() -> "Settings":
    from lam.settings import load_settings

    return load_settings()


def _database(name: str) -> "Database":
    from lam.supervisor.databases import migrate_all, open_named

    settings = _settings()
    migrate_all(settings)
    return open_named(settings, name)


def _tell(line: str) -> None:
    typer.secho(line, bold=True, err=True)
