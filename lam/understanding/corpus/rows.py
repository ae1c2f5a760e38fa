"""Labelled texts in rows: CSV, and JSON lines."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from lam.places import DataError, Located, Place
from lam.types import Example, Span

_JSON = 'expected a JSON object like {"text": "…", "intent": "…"}'


def read_csv(text: str, file: str) -> Iterator[Located]:
    """Return the examples of CSV with the columns `text`, `intent` and perhaps `context`; others don't count.

    Args:
        text: the file's content.
        file: what to call it.

    Raises:
        DataError: a column is missing, or a row is broken or has no intent.
    """
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    columns: list[str] = []
    line = 1  # where the row begins: a quoted text may go over several lines
    try:
        for row in rows:
            place, line = Place(file, line), rows.line_num + 1
            if not any(cell.strip() for cell in row):
                continue
            if columns:
                yield _from_row(columns, row, place), place
            else:
                columns = _columns(row, place)
    except csv.Error as error:
        raise DataError(
            f"{Place(file, line)}: expected CSV; {error}. Look at the quotes of the row that begins there."
        ) from error
    if not columns:
        raise DataError(
            f"{Place(file, 1)}: expected a header with the columns text and intent, found an empty file."
        )


def _columns(row: list[str], place: Place) -> list[str]:
    columns = [cell.strip() for cell in row]
    if not {"text", "intent"} <= {*columns}:
        raise DataError(
            f"{place}: expected a header with the columns text and intent, separated by commas, "
            f"found {', '.join(columns)}. Name them so."
        )
    return columns


def _from_row(columns: list[str], row: list[str], place: Place) -> Example:
    if len(row) != len(columns):
        raise DataError(
            f"{place}: expected {len(columns)} values, found {len(row)}. Put quotes around texts with commas."
        )
    cells = dict(zip(columns, row, strict=True))
    return Example(cells["text"], _intent(cells["intent"], place), context=cells.get("context", ""))


def read_json_lines(text: str, file: str) -> Iterator[Located]:
    """Return the examples of JSON lines; blank lines and other keys don't count.

    Each is an object with `text`, `intent`, and perhaps `context` and `entities`: a list of objects with
    `start`, `end`, `entity` and perhaps `value`.

    Args:
        text: the file's content.
        file: what to call it.

    Raises:
        DataError: a line is something else, or has an entity outside of its text.
    """
    for number, line in enumerate(text.split("\n"), start=1):  # U+2028 is no end of a line here
        if line.strip():
            place = Place(file, number)
            yield _from_json(line, place), place


def _from_json(line: str, place: Place) -> Example:
    try:
        facts = json.loads(line)
        if "\\ud" in line.lower():  # "\ud800" alone is JSON, but no text
            json.dumps(facts, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        raise DataError(f"{place}: {_JSON}, found {error.msg} at column {error.colno}.") from error
    except (ValueError, RecursionError) as error:
        raise DataError(f"{place}: {_JSON}; {error}") from error
    if not isinstance(facts, dict):
        raise DataError(f"{place}: {_JSON}, found {line.strip()[:40]!r}.")
    text, intent = _words(facts, "text", place), _intent(_words(facts, "intent", place), place)
    context = _words(facts, "context", place) if facts.get("context") is not None else ""
    entities = facts.get("entities") or ()
    if not isinstance(entities, list | tuple):
        raise DataError(f"{place}: expected a list of entities, found {entities!r}.")
    return Example(text, intent, tuple(_span(one, text, place) for one in entities), context)


def _words(facts: dict[str, Any], key: str, place: Place) -> str:
    if key not in facts:
        raise DataError(f"{place}: {_JSON}, found no key {key!r}. Add it.")
    if not isinstance(found := facts[key], str):
        raise DataError(f"{place}: expected {key!r} in quotes, found {found!r}.")
    return found


def _span(facts: Any, text: str, place: Place) -> Span:
    if not isinstance(facts, dict) or not {"start", "end", "entity"} <= {*facts}:
        raise DataError(f"{place}: expected entities with start, end and entity, found {facts!r}.")
    start, end, label = facts["start"], facts["end"], _words(facts, "entity", place)
    if type(start) is not int or type(end) is not int or not 0 <= start < end <= len(text):
        raise DataError(
            f"{place}: expected an entity within the text's {len(text)} characters, "
            f"found {label!r} from {start!r} to {end!r}. Count from 0; the end is one behind the last one."
        )
    if not label.strip():
        raise DataError(f"{place}: expected the name of an entity, found {label!r}. Name it.")
    value = facts.get("value")
    return Span(start, end, label.strip(), text[start:end] if value is None else str(value))


def _intent(name: str, place: Place) -> str:
    if not name.strip():
        raise DataError(f"{place}: expected an intent, found {name!r}. Name it, or remove the row.")
    return name.strip()
