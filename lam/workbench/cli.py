"""`lam understand` and `lam attack`: understanding without Rasa. Each command imports what it needs."""

import math
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

_Model = Annotated[Path, typer.Argument(help="A classifier's folder, or a Rasa archive (.tar.gz).")]
_Data = Annotated[list[Path], typer.Argument(help="Files or folders: Rasa NLU YAML, CSV, JSON lines.")]
_Context = Annotated[str, typer.Option(help="The bot's turn before.")]
_Config = Annotated[Path | None, typer.Option(help="A Rasa config.yml with hyperparameters.")]
_Settings = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="A hyperparameter; repeat it.")
]
_Validation = Annotated[Path | None, typer.Option(help="Texts to stop, calibrate and judge on.")]
_Domain = Annotated[Path | None, typer.Option(help="A Rasa domain, to read also the stories in the data.")]
_Report = Annotated[Path | None, typer.Option(help="A folder for the report with its pictures.")]
_Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]

understand = typer.Typer(
    help="Train, measure and ask the understanding.", no_args_is_help=True, pretty_exceptions_enable=False
)


@understand.command()
def train(
    data: _Data,
    out: Annotated[Path, typer.Option(help="The classifier's folder.")],
    config: _Config = None,
    settings: _Settings = None,
    validation: _Validation = None,
    state: Annotated[Path | None, typer.Option(help="A folder to go on from, once interrupted.")] = None,
    report: _Report = None,
    domain: _Domain = None,
) -> None:
    """Train a classifier on labelled texts."""
    from lam.workbench.command_train import train as run

    run(data, out, config, settings or (), validation, state, report, domain)


@understand.command()
def tune(
    data: _Data,
    study: Annotated[Path, typer.Option(help="A folder for the trials; a search goes on there.")],
    config: _Config = None,
    settings: _Settings = None,
    search: Annotated[
        list[str] | None, typer.Option(metavar="KEY", help="A hyperparameter to vary; else all that may.")
    ] = None,
    validation: _Validation = None,
    domain: _Domain = None,
    trials: Annotated[int, typer.Option(min=1, help="How many the study is to have.")] = 30,
    timeout: Annotated[
        float | None, typer.Option(min=0, metavar="MINUTES", help="No trial begins after so many.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="A YAML file for the best hyperparameters.")] = None,
) -> None:
    """Look for better hyperparameters: train, judge, and train again."""
    from lam.workbench.command_tune import tune as run

    limit = math.inf if timeout is None else timeout
    run(data, study, config, settings or (), search or (), validation, domain, trials, limit, out)


@understand.command()
def evaluate(model: _Model, data: _Data, report: _Report = None) -> None:
    """Print how well a model reads labelled texts."""
    from lam.workbench.command_evaluate import evaluate_model

    evaluate_model(model, data, report)


@understand.command()
def parse(
    model: _Model,
    texts: Annotated[
        list[str] | None, typer.Argument(metavar="TEXT", help="Else each line of standard input.")
    ] = None,
    context: _Context = "",
    as_json: _Json = False,
) -> None:
    """Print what texts mean."""
    from lam.workbench.command import parse as run

    run(model, texts or _lines(), context, as_json)


@understand.command()
def explain(model: _Model, text: str, context: _Context = "", as_json: _Json = False) -> None:
    """Print why a text is read as it is."""
    from lam.workbench.command import explain_text

    explain_text(model, text, context, as_json)


@understand.command()
def attack(
    model: _Model,
    data: _Data,
    against: Annotated[Path | None, typer.Option(help="Another model, to compare with.")] = None,
    edits: Annotated[
        list[int] | None, typer.Option(min=1, help="A budget for each text; repeat it. [1, 2]")
    ] = None,
    guided: Annotated[int, typer.Option(min=0, help="Texts that the guided attack tries; 0: none.")] = 200,
    seed: Annotated[int, typer.Option(help="Of all that is drawn.")] = 1,
    picture: Annotated[Path | None, typer.Option(help="A PNG file to write.")] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="A JSON file to write.")] = None,
) -> None:
    """Print how well models read texts with typos, misheard words, synonyms and chatter."""
    from lam.workbench.command_attack import attack_models

    models = [model, against] if against else [model]
    attack_models(models, data, edits or (1, 2), guided, seed, picture, json_file)


def _lines() -> Iterable[str]:
    stream = typer.get_text_stream("stdin", encoding="utf-8", errors="replace")
    return (line.rstrip("\r\n") for line in stream)
