"""`lam understand parse` and `lam understand explain`: what a model reads, for people and as JSON lines."""

import dataclasses
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import typer

from lam.types import Reading
from lam.understanding.archive import load_model
from lam.understanding.explain import explain
from lam.workbench.explanation import explanation_table
from lam.workbench.terminal import printable, show

_RANKING = 5


def parse(model: Path, texts: Iterable[str], context: str = "", as_json: bool = False) -> None:
    """Print a line with the reading of each text; a blank text has one, too.

    Args:
        model: a classifier's folder, or a Rasa archive.
        texts: are read as they come.
        context: the bot's turn before each.
        as_json: prints JSON objects.

    Raises:
        NoSuchModel, ArtifactError: there is no such model.
    """
    classifier, context = load_model(model), _encodable(context)
    for text in map(_encodable, texts):
        (reading,) = classifier.predict([text], _RANKING, [context])
        typer.echo(_json(_facts(text, context, reading)) if as_json else _line(text, reading))


def explain_text(model: Path, text: str, context: str = "", as_json: bool = False) -> None:
    """Print why a text is read as it is.

    Args:
        model: a classifier's folder, or a Rasa archive.
        text: what was said.
        context: the bot's turn before it.
        as_json: prints a JSON object.

    Raises:
        NoSuchModel, ArtifactError: there is no such model.
    """
    explanation = explain(load_model(model), _encodable(text), _encodable(context))
    if as_json:
        typer.echo(_json(dataclasses.asdict(explanation)))
    else:
        show(explanation_table(explanation))


def _facts(text: str, context: str, reading: Reading) -> dict[str, Any]:
    """Return a reading as JSON; a corrected line of it can be trained on."""
    return {
        "text": text,
        "context": context,
        "intent": reading.intent,
        "confidence": reading.confidence,
        "ranking": [{"intent": intent, "confidence": share} for intent, share in reading.ranking],
        "entities": [
            {"start": one.start, "end": one.end, "entity": one.label, "value": one.value}
            for one in reading.spans
        ],
        "scope": reading.scope,
        "outside": reading.outside,
    }


def _line(text: str, reading: Reading) -> str:
    spans = ", ".join(f"{one.label}={printable(one.value)}" for one in reading.spans)
    marks = [f"[{spans}]"] * bool(spans) + ["(outside)"] * reading.outside
    found = f"{reading.confidence:.3f}  {reading.intent or '-'}  scope {reading.scope:.2f}"
    return "  ".join([found, printable(text), *marks])


def _json(facts: dict[str, Any]) -> str:
    return json.dumps(facts, ensure_ascii=False)


def _encodable(text: str) -> str:
    # Arguments that are no UTF-8 come with lone surrogates, which can't be printed.
    return text.encode("utf-8", "replace").decode("utf-8")
