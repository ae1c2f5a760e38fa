"""`lam understand attack`: how well models read what is mistyped, misheard or said in other words."""

import dataclasses
import json
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import typer

from lam.types import Example
from lam.understanding.archive import load_model
from lam.understanding.classifier import IntentClassifier
from lam.understanding.corpus.reader import read_examples
from lam.workbench.attack import AttackReport, AttackRow, attack
from lam.workbench.attack_report import attack_picture, attack_table
from lam.workbench.terminal import CommandError, show


def attack_models(
    models: Sequence[Path],
    data: Sequence[Path],
    edits: Sequence[int] = (1, 2),
    guided: int = 200,
    seed: int = 1,
    picture: Path | None = None,
    json_file: Path | None = None,
) -> None:
    """Print the accuracy of one model or several under each attack and budget, side by side.

    Args:
        models: classifiers' folders and Rasa archives.
        data: files and folders of labelled texts. Those that follow a turn of the bot are left out: without
            it they mean something else.
        edits: the budgets of each attack.
        guided: how many texts the guided attack tries.
        seed: of all that is drawn.
        picture: a PNG file to write.
        json_file: a JSON file to write.

    Raises:
        CommandError: there are no texts, or a file can't be written.
        NoSuchModel, ArtifactError: there is no such model.
        DataError: a data file can't be read.
    """
    _expect_files(picture, json_file)
    examples = _alone(read_examples(*data))
    loaded = {name: load_model(path) for name, path in zip(_names(models), models, strict=True)}
    reports = {name: _report(name, one, examples, edits, guided, seed) for name, one in loaded.items()}
    show(attack_table(reports))
    try:
        if json_file:
            facts = {name: dataclasses.asdict(one) for name, one in reports.items()}
            json_file.write_text(json.dumps(facts, indent=1), encoding="utf-8")
        if picture:
            attack_picture(reports, picture)
    except OSError as error:
        raise CommandError(f"Expected to write the results, found {error}.") from error


def _expect_files(picture: Path | None, json_file: Path | None) -> None:
    """Refuse what can't be written before minutes of attacks."""
    for file in (picture, json_file):
        if file and (file.is_dir() or not file.parent.is_dir()):
            raise CommandError(f"Expected the name of a file in a folder that is there, found {file}.")
    if picture and picture.suffix.lower() != ".png":
        raise CommandError(f"--picture: expected a name that ends in .png, found {picture.name}.")
    if picture and find_spec("matplotlib") is None:
        raise CommandError("--picture: expected the package matplotlib, found none. Install it.")


def _alone(examples: Sequence[Example]) -> list[Example]:
    found = [one for one in examples if not one.context]
    if left := len(examples) - len(found):
        typer.echo(f"Left out: {left} texts that follow a turn of the bot.", err=True)
    if not found:
        raise CommandError("Expected texts to attack, found none. Give those of a test set.")
    return found


def _names(models: Sequence[Path]) -> list[str]:
    """Return what to call each model: the name of its file, or all of its path where that is not enough."""
    names = [one.resolve().name.removesuffix(".tar.gz") for one in models]
    if len(set(names)) == len(names):
        return names
    paths = [str(one) for one in models]
    return (
        paths if len(set(paths)) == len(paths) else [f"model {place}" for place in range(1, len(models) + 1)]
    )


def _report(
    name: str,
    classifier: IntentClassifier,
    examples: Sequence[Example],
    edits: Sequence[int],
    guided: int,
    seed: int,
) -> AttackReport:
    def tell(row: AttackRow) -> None:
        typer.echo(f"{name}: {row.attack}, edits {row.edits}: {row.accuracy:.1%}", err=True)

    return attack(
        classifier.predict, examples, edits=sorted({*edits}), seed=seed, guided_size=guided, progress=tell
    )
