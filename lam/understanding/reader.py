"""Reads labelled texts: Rasa's NLU YAML, and CSV with the columns text and intent."""

import csv
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

from lam.types import Example, Span

_ENTITY = re.compile(r"\[(?P<text>[^\]]+)\](?:\((?P<label>[^)]+)\)|(?P<facts>\{[^}]+\}))")


class DataError(ValueError):
    """A data file can't be read; the message names the file and the place."""


def read_examples(*paths: Path) -> list[Example]:
    """Return the examples of files and folders, in the order of their names.

    Args:
        paths: `.yml`/`.yaml` in Rasa's NLU format (synonyms, lookups and regexes are passed over),
            `.csv` with a header and the columns `text` and `intent`, or folders of such files.

    Raises:
        DataError: a file is not what its ending says.
    """
    return [example for path in _files(paths) for example in _read(path)]


def parse_entities(text: str, intent: str = "") -> Example:
    """Return a text without Rasa's annotations, `[Anna](payee)` or `[Anna]{"entity": …}`, and its spans."""
    spans, plain, last = [], "", 0
    for found in _ENTITY.finditer(text):
        plain += text[last : found.start()]
        last = found.end()
        facts = json.loads(found["facts"]) if found["facts"] else {"entity": found["label"].split(":")[0]}
        words = found["text"]
        spans.append(Span(len(plain), len(plain) + len(words), facts["entity"], facts.get("value", words)))
        plain += words
    return Example(plain + text[last:], intent, tuple(spans))


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(one for one in path.rglob("*") if one.suffix in (".yml", ".yaml", ".csv"))
        else:
            yield path


def _read(path: Path) -> Iterator[Example]:
    try:
        if path.suffix == ".csv":
            yield from _read_csv(path)
        else:
            yield from _read_yaml(yaml.safe_load(path.read_text(encoding="utf-8")))
    except DataError:
        raise
    except (OSError, ValueError, KeyError, TypeError, AttributeError, yaml.YAMLError) as error:
        kind = "a CSV file with the columns text and intent" if path.suffix == ".csv" else "Rasa's NLU YAML"
        raise DataError(f"{path.name}: expected {kind}; {type(error).__name__}: {error}") from error


def _read_csv(path: Path) -> Iterator[Example]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield Example(row["text"], row["intent"])


def _read_yaml(content: Any) -> Iterator[Example]:
    for item in (content or {}).get("nlu") or ():
        if "intent" not in item:
            continue
        for number, line in enumerate(_lines(item["examples"]), start=1):
            try:
                yield parse_entities(line, item["intent"])
            except (ValueError, KeyError) as error:
                raise DataError(f"Intent {item['intent']!r}, example {number}: {error}") from error


def _lines(examples: Any) -> Iterator[str]:
    """Rasa takes a block of `- text` lines, or a list of mappings with the key `text`."""
    if isinstance(examples, str):
        yield from (
            line.strip()[1:].strip() for line in examples.splitlines() if line.strip().startswith("-")
        )
    else:
        yield from (one["text"].strip().removeprefix("- ") for one in examples)
