"""Imports files of interactions: streaming, each broken line told of, all others kept."""

import csv
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from lam.recommend.events import Interaction
from lam.recommend.interactions import Interactions

REQUIRED = ("user", "item", "kind", "at")
OPTIONAL = ("key", "conversation", "up", "place", "propensity")
_BATCH = 10_000
_TOLD = 100  # broken lines that are told of one by one
_UP = {"true": True, "up": True, "1": True, "false": False, "down": False, "0": False}

#: Called with how much is done, and of how much: bytes of a CSV file, rows of a Parquet file.
Progress = Callable[[int, int], None]
#: a line's number, counted from 1; its values, or what is wrong with it; how much of the file is done
_Line = tuple[int, Mapping[str, Any] | str, int]


class ImportFailed(ValueError):  # noqa: N818 - what a person can mend, like TrainingFailed
    """A file can't be imported at all; the message says what was expected, found and what to do."""


@dataclass
class Imported:
    """What became of a file.

    Attributes:
        new, known: interactions that were added, and that were there already.
        broken: how many lines were left out.
        problems: (line, what is wrong) of the first hundred of them; Parquet's rows count as lines from 1.
    """

    new: int = 0
    known: int = 0
    broken: int = 0
    problems: list[tuple[int, str]] = field(default_factory=list)


def import_file(store: Interactions, path: Path, progress: Progress | None = None) -> Imported:
    """Add the interactions of a CSV or Parquet file to the store.

    Columns are user, item, kind, at (ISO 8601 with a zone), and may be key, conversation, up, place and
    propensity. An event without a key is named by all that it says, so a file may be imported again, and
    events may come twice and in any order. A line of a CSV file is one event; a stray quote spoils no other.

    Args:
        progress: called after each 10,000 lines.

    Raises:
        ImportFailed: the file is missing, of another kind, or lacks a column.
    """
    readers = {".csv": (_csv_size, _csv_lines), ".parquet": (_parquet_size, _parquet_lines)}
    if path.suffix.lower() not in readers or not path.is_file():
        raise ImportFailed(f"Expected a file that ends in .csv or .parquet, found {path}. Check the name.")
    size, lines = readers[path.suffix.lower()]
    total, found, waiting = size(path), Imported(), list[Interaction]()
    for number, values, done in lines(path):
        try:
            if isinstance(values, str):
                raise ValueError(values)
            waiting.append(_event(values))
        except (ValueError, TypeError) as error:
            found.broken += 1
            if len(found.problems) < _TOLD:
                found.problems.append((number, str(error)))
        if len(waiting) >= _BATCH:
            _store(store, waiting, found)
            if progress:
                progress(done, total)
    _store(store, waiting, found)
    if progress:
        progress(total, total)
    return found


def _store(store: Interactions, waiting: list[Interaction], found: Imported) -> None:
    new = store.add(waiting)
    found.new += new
    found.known += len(waiting) - new
    waiting.clear()


def _event(values: Mapping[str, Any]) -> Interaction:
    """Make an event of the texts of a CSV line, or of the values of a Parquet row."""
    given = {name: value for name, value in values.items() if value not in (None, "")}
    if missing := [name for name in REQUIRED if name not in given]:
        raise ValueError(f"expected a value for {', '.join(missing)}, found none")
    at = given["at"]
    given["at"] = at if isinstance(at, datetime) else datetime.fromisoformat(str(at))
    for name, make in (("up", _up), ("place", int), ("propensity", float)):
        if name in given:
            given[name] = make(given[name])
    for name in ("user", "item", "kind", "key", "conversation"):
        if name in given:
            given[name] = str(given[name])
    said = "\n".join(str(given.get(name, "")) for name in (*REQUIRED, *OPTIONAL[1:]))
    given.setdefault("key", str(uuid.uuid5(uuid.NAMESPACE_OID, said.encode("utf-8", "replace").decode())))
    return Interaction(**given)


def _up(value: Any) -> bool:
    try:
        return _UP[str(value).strip().lower()]
    except KeyError:
        raise ValueError(f"expected up or down for `up`, found {value!r}") from None


def _expect_columns(path: Path, names: list[str]) -> None:
    missing = [name for name in REQUIRED if name not in names]
    strange = [name for name in names if name not in REQUIRED + OPTIONAL or names.count(name) > 1]
    if missing or strange:
        raise ImportFailed(
            f"{path.name}: expected the columns {', '.join(REQUIRED)}, and perhaps {', '.join(OPTIONAL)}, "
            f"each once; found {', '.join(names) or 'none'}. Rename them in the first line."
        )


def _csv_size(path: Path) -> int:
    return path.stat().st_size


def _csv_lines(path: Path) -> Iterator[_Line]:
    done = 0
    with path.open("rb") as stream:
        names: list[str] | None = None
        for number, raw in enumerate(stream, start=1):
            done += len(raw)
            if names is not None and not raw.strip():
                continue
            try:
                text = raw.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
                cells = next(csv.reader([text], strict=True), [])
            except (UnicodeDecodeError, csv.Error) as error:
                yield number, f"expected UTF-8 and whole quotes, found: {error}", done
                continue
            if names is None:
                names = [name.strip() for name in cells]
                _expect_columns(path, names)
            elif len(cells) == len(names):
                yield number, dict(zip(names, cells, strict=True)), done
            else:
                yield number, f"expected {len(names)} values, found {len(cells)}", done
    if names is None:
        _expect_columns(path, [])


def _parquet_file(path: Path) -> Any:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise ImportFailed("Parquet files need the package pyarrow: pip install 'lam[parquet]'.") from None
    try:
        return pq.ParquetFile(path)
    except pa.ArrowInvalid as error:
        raise ImportFailed(f"{path.name}: expected a Parquet file, found: {error}.") from None


def _parquet_size(path: Path) -> int:
    return int(_parquet_file(path).metadata.num_rows)


def _parquet_lines(path: Path) -> Iterator[_Line]:
    file, number = _parquet_file(path), 0
    _expect_columns(path, list(file.schema_arrow.names))
    for batch in file.iter_batches(batch_size=_BATCH):
        for row in batch.to_pylist():
            number += 1
            yield number, row, number
