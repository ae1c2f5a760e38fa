"""A catalogue of items from a file: YAML, CSV or JSON lines."""

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from lam.places import DataError, Place
from lam.recommend.types import Item

#: Keys whose texts together are what the text model reads; all others but the id are attributes.
TEXTS = ("name", "title", "text", "summary", "description", "features")


def read_catalogue(path: Path) -> list[Item]:
    """Read items: mappings with an id, texts, and whatever else rules and ranking ask for.

    Numbers in CSV files become numbers. `available_from` is a date or time in ISO 8601.

    Raises:
        DataError: the file is missing or wrong; of a YAML file the place counts items, else lines.
    """
    readers = {".yml": _yaml, ".yaml": _yaml, ".csv": _csv, ".jsonl": _json_lines}
    if path.suffix not in readers:
        raise DataError(f"{Place(path.name, 1)}: expected .yml, .csv or .jsonl, found {path.suffix!r}.")
    items: dict[str, Item] = {}
    try:
        for place, row in readers[path.suffix](path):
            item = _item(row, Place(path.name, place))
            if item.id in items:
                raise DataError(f"{Place(path.name, place)}: expected each id once, found {item.id!r} again.")
            items[item.id] = item
    except (OSError, UnicodeDecodeError, yaml.YAMLError, json.JSONDecodeError, csv.Error) as error:
        raise DataError(f"{Place(path.name, 1)}: expected a catalogue of items, found: {error}.") from error
    return list(items.values())


def _item(row: Any, place: Place) -> Item:
    if not isinstance(row, Mapping) or not str(row.get("id") or "").strip():
        raise DataError(f"{place}: expected an item with an id, found {str(row)[:60]}.")
    texts = [row[key] for key in TEXTS if row.get(key)]
    words = [", ".join(map(str, text)) if isinstance(text, list) else str(text) for text in texts]
    attributes = {key: value for key, value in row.items() if key not in ("id", *TEXTS)}
    return Item(str(row["id"]), ". ".join(word.rstrip(".") for word in words), attributes)


def _yaml(path: Path) -> Iterator[tuple[int, Any]]:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(content, list):
        raise DataError(f"{Place(path.name, 1)}: expected a list of items, found {type(content).__name__}.")
    yield from enumerate(content, start=1)


def _csv(path: Path) -> Iterator[tuple[int, Any]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream, strict=True)
        for row in reader:
            numbers = {key: _number(value) for key, value in row.items() if key not in ("id", *TEXTS)}
            yield reader.line_num, {**row, **numbers}


def _number(value: Any) -> Any:
    try:
        return float(value)
    except (TypeError, ValueError):
        return value or None


def _json_lines(path: Path) -> Iterator[tuple[int, Any]]:
    with path.open(encoding="utf-8") as stream:
        for number, line in enumerate(stream, start=1):
            if line.strip():
                yield number, json.loads(line)
