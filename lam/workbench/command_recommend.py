"""`lam recommend import`, `export` and `explain`."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import Progress, TaskID
from rich.table import Table
from rich.text import Text

from lam.encoder.sentences import SentenceEncoder
from lam.recommend import (
    Eligibility,
    Interactions,
    Preferences,
    Profile,
    Reason,
    Recommender,
    read_policy,
    shown_in_vain,
)
from lam.recommend.catalogue import read_catalogue
from lam.recommend.importing import import_file
from lam.recommend.parquet import write_history
from lam.workbench.terminal import CommandError, printable, show


def import_files(store: Interactions, files: Sequence[Path]) -> None:
    """Import files one after another, and tell what became of each.

    Raises:
        ImportFailed: a file can't be imported at all.
    """
    console = Console(stderr=True)
    for path in files:
        with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
            bar = progress.add_task(printable(path.name))
            found = import_file(store, path, partial(_advance, progress, bar))
        typer.echo(f"{path}: {found.new} new, {found.known} known, {found.broken} broken")
        for line, problem in found.problems:
            typer.echo(f"{path}:{line}: {printable(problem)}", err=True)
        if found.broken > len(found.problems):
            typer.echo(f"{path}: and {found.broken - len(found.problems)} more", err=True)


def _advance(progress: Progress, bar: TaskID, done: int, total: int) -> None:
    progress.update(bar, completed=done, total=total)


def export_history(store: Interactions, path: Path) -> None:
    """Write the history of all users to a Parquet file."""
    history = store.history()
    write_history(history, path)
    typer.echo(f"{len(history.at)} interactions of {len(history.users)} users are in {path}.")


def explain_user(
    interactions: Interactions, preferences: Preferences, now: datetime, user: str,
    items: Path, policy: Path, rules: Path, facts: Sequence[str], words: str, count: int,
) -> None:  # fmt: skip
    """Print the list of one user with scores, propensities and reasons.

    Items that the user bought count as held.

    Raises:
        DataError: a file is wrong.
        CommandError: a fact is none.
    """
    catalogue, decided = read_catalogue(items), read_policy(policy)
    history = interactions.history([item.id for item in catalogue], decided.influence)
    recommender = Recommender.fit(
        history, catalogue, Eligibility.read(rules, catalogue), decided, encode=SentenceEncoder()
    )
    events = interactions.of(user)
    profile = Profile(
        dict(_fact(one) for one in facts),
        frozenset(one.item for one in events if one.kind == "purchase"),
        preferences.hidden(user),
        shown_in_vain(events, now, decided.remember_days),
    )
    table = Table("item", "score", "propensity", "because")
    for one in recommender.recommend(interactions.taste(user, now, words), profile, count, now):
        because = ", ".join(map(_told, one.because))
        table.add_row(Text(printable(one.item)), f"{one.score:.3f}", f"{one.propensity:.3f}", Text(because))
    show(table)


def _told(reason: Reason) -> str:
    return f"{printable(reason.item) or reason.kind} ({reason.weight:+.3f})"


def _fact(text: str) -> tuple[str, str | float]:
    name, sign, value = text.partition("=")
    if not (name and sign and value):
        raise CommandError(f"Expected a fact such as age=35, found {text!r}.")
    try:
        return name, float(value)
    except ValueError:
        return name, value
