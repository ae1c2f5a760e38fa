"""`lam understand train`: from data files to a classifier's folder, all of it or nothing."""

import json
import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from lam.encoder.sealed import MANIFEST
from lam.types import Example
from lam.understanding.artifact import KIND
from lam.understanding.classifier import IntentClassifier
from lam.understanding.corpus.domain import read_domain
from lam.understanding.corpus.files import YAML
from lam.understanding.corpus.reader import read_examples, read_located
from lam.understanding.corpus.stories import read_stories
from lam.understanding.recipe import Recipe
from lam.understanding.training.progress import progress_bar
from lam.understanding.training.split import hold_back, unseen
from lam.workbench.checks import check
from lam.workbench.command_evaluate import figures, judge
from lam.workbench.command_recipe import KEYS, read_recipe
from lam.workbench.terminal import CommandError, show

if TYPE_CHECKING:
    from lam.understanding.training.trainer import Progress


def train(
    data: Sequence[Path],
    out: Path,
    config: Path | None = None,
    settings: Sequence[str] = (),
    validation: Path | None = None,
    state: Path | None = None,
    report: Path | None = None,
    domain: Path | None = None,
) -> None:
    """Train a classifier, write it, and print how well it reads the validation texts.

    Args:
        data: files and folders that `read_located` takes. What `check` finds in them is printed.
        out: the classifier's folder; an older classifier in it is replaced at the end.
        config: a Rasa config.yml with hyperparameters.
        settings: hyperparameters as `key=value`; they count before the config's.
        validation: a file or folder of texts to stop early, to calibrate and to judge on. Without it they
            are the share of the data that the recipe holds back. Unlike in Rasa these don't vote then: a text
            that finds itself among its neighbours is read too well. For the same reason those are not judged
            by whose words are trained on behind another turn of the bot.
        state: a folder where an interrupted training goes on.
        report: a folder for the report on the validation texts.
        domain: a Rasa domain: then the stories and rules in the data count, too.

    Raises:
        CommandError: an argument or the data can't be used. Nothing has been written.
        DataError: a data file can't be read. Nothing has been written.
        EncoderError: there is no such encoder. Nothing has been written.
    """
    recipe = read_recipe(config, settings)
    out = out.resolve()
    _expect_place(out, [one for one in (state, report) if one])
    examples, judges = training_texts(data, validation, recipe, domain)
    judged = judges if validation else unseen(judges, examples)
    if report and not judged:
        raise CommandError(
            "--report: expected validation texts, found none. Give --validation or --set validation=0.2."
        )
    with progress_bar("Understanding") as progress:
        classifier = fit_classifier(examples, recipe, progress, judges, state)
    _save(classifier, out)
    typer.echo(f"{len(examples)} texts, {len(classifier.intents)} intents: the classifier is in {out}.")
    if judged:
        show(figures(judge(classifier, judged, report)))


def fit_classifier(
    examples: Sequence[Example],
    recipe: Recipe,
    progress: Callable[["Progress"], None],
    judges: Sequence[Example],
    state: Path | None = None,
    on_epoch: Callable[[int, float], None] | None = None,
) -> IntentClassifier:
    """Do as `IntentClassifier.fit` does.

    Raises:
        CommandError: a value of the recipe doesn't suit its encoder.
        EncoderError: there is no such encoder.
    """
    try:
        return IntentClassifier.fit(examples, recipe, progress, judges, state, on_epoch)
    except ValueError as error:
        # What suits no encoder of that size is known only here.
        if str(error).partition(":")[0] in KEYS:
            raise CommandError(str(error)) from error
        raise


def training_texts(
    data: Sequence[Path], validation: Path | None, recipe: Recipe, domain: Path | None = None
) -> tuple[list[Example], list[Example]]:
    """Return the texts to train on and those to judge by; print what looks wrong in the data.

    Args:
        data: files and folders that `read_located` takes.
        validation: a file or folder of texts to judge by; None: what the recipe holds back of the data.
        recipe: says how much that is.
        domain: a Rasa domain: then the stories and rules in the data count, too.

    Raises:
        CommandError: no training should go on with the data, or there are no validation texts.
        DataError: a file can't be read.
    """
    located = read_located(*data)
    if domain:
        stories = [one for one in data if one.is_dir() or one.suffix.lower() in YAML]
        known = [example for example, _ in located]
        located += read_stories(stories, read_domain(domain), known, recipe.seed)
    findings = check(located)
    for one in findings:
        typer.echo(f"{'error' if one.fatal else 'warning'}: {one.place}: {one.message}", err=True)
    if fatal := sum(one.fatal for one in findings):
        raise CommandError(f"Expected data without errors, found {fatal}, told above. Mend them.")
    examples = [example for example, _ in located]
    if len({one.intent for one in examples}) < 2:
        raise CommandError(
            f"Expected examples of at least two intents, found {len(examples)} examples of fewer."
        )
    if validation:
        if not (judges := read_examples(validation)):
            raise CommandError(f"--validation: expected texts in {validation}, found none.")
        return examples, judges
    kept, held = hold_back(examples, recipe.validation, recipe.seed)
    return [examples[place] for place in kept], [examples[place] for place in held]


def _expect_place(out: Path, others: Sequence[Path]) -> None:
    """Refuse a folder that can't become the classifier's, before hours of training."""
    for other in others:
        if other.resolve().is_relative_to(out):
            raise CommandError(f"Expected {other} outside of --out, which is replaced. Name another folder.")
    if out.is_dir():
        if any(out.iterdir()) and not _is_classifier(out):
            raise CommandError(f"--out: expected a new folder or a classifier's, found other files in {out}.")
        return
    home = next(one for one in (out, *out.parents) if one.exists())
    if not home.is_dir() or not os.access(home, os.W_OK | os.X_OK):
        raise CommandError(f"--out: expected a folder that can be written, found {home}. Name another one.")


def _is_classifier(folder: Path) -> bool:
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(manifest, dict) and manifest.get("kind") == KIND


def _save(classifier: IntentClassifier, out: Path) -> None:
    """Write beside the folder, then change places: it never holds a part of a classifier."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as scratch:
            new, old = Path(scratch) / "new", Path(scratch) / "old"
            classifier.save(new)
            if out.exists():
                os.rename(out, old)
            try:
                os.rename(new, out)
            except OSError:
                if old.exists():
                    os.rename(old, out)
                raise
    except OSError as error:
        raise CommandError(f"--out: expected to write {out}; {error}.") from error
