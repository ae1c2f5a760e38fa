"""Writes records to a file: CSV for a spreadsheet, JSON lines for programs."""

import csv
import json
from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Literal


def write(path: Path, kind: type, records: Sequence[Any], format: Literal["csv", "jsonl"]) -> None:
    """Write instances of the dataclass `kind`; the file appears when it is complete.

    Raises:
        ValueError: the format is unknown.
    """
    if format not in ("csv", "jsonl"):
        raise ValueError(f"Export: expected the format csv or jsonl, found {format!r}.")
    rows = [{name: _plain(value) for name, value in asdict(one).items()} for one in records]
    part = path.with_name(path.name + ".part")
    with part.open("w", encoding="utf-8", newline="") as file:
        if format == "csv":
            _csv(file, [one.name for one in fields(kind)], rows)
        else:
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    part.replace(path)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _csv(file: IO[str], names: list[str], rows: list[dict[str, Any]]) -> None:
    writer = csv.DictWriter(file, fieldnames=names)
    writer.writeheader()
    writer.writerows({name: _harmless(value) for name, value in row.items()} for row in rows)


def _harmless(value: Any) -> Any:
    # A spreadsheet would run what begins like this, and people write what they like.
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return "'" + value
    return value
