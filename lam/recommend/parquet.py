"""A history as a Parquet file: what the local training, Apache Spark and other programs read alike."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from lam.recommend.history import History

if TYPE_CHECKING:
    from pyarrow import ChunkedArray, Table

#: The columns: two texts, a number (above 0 likes, below 0 rejects), a time in UTC.
COLUMNS = ("user", "item", "weight", "at")
_MICROSECONDS = 1e6


class ParquetError(ValueError):
    """A file of interactions can't be read; the message says what was expected, found and what to do."""


def read_history(path: Path, items: Sequence[str] = ()) -> History:
    """Return the history in a Parquet file, or in a folder of such files as Spark writes it.

    Column by column, without a Python object for an event: 30 million events take seconds, and 0.7 GB.

    Args:
        items: of a catalogue, which come first in `History.items`, as in `History.from_rows`.

    Raises:
        ParquetError: there is no such file, a column is missing, of another type, or has empty cells; or
            pyarrow is missing.
    """
    pa, pq = _pyarrow()
    try:
        table = pq.read_table(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise ParquetError(f"{path}: expected a Parquet file, found none: {error}") from error
    if missing := [name for name in COLUMNS if name not in table.column_names]:
        raise ParquetError(
            f"{path}: expected the columns {', '.join(COLUMNS)}; {', '.join(missing)} is missing among "
            f"{', '.join(table.column_names)}. `lam recommend export` writes such files."
        )
    _expect_cells(path, table)
    users, user_at = _places(table["user"])
    found, item_at = _places(table["item"])
    known = dict.fromkeys(items)
    every = (*known, *(item for item in found if item not in known))
    place = {item: at for at, item in enumerate(every)}
    moved = np.array([place[item] for item in found], dtype=np.int32)
    weight = table["weight"].to_numpy().astype(np.float32)
    return History(
        users, every, user_at, moved[item_at] if len(found) else item_at, weight, _seconds(table["at"])
    )


def write_history(history: History, path: Path) -> None:
    """Write a history to one Parquet file.

    Raises:
        ParquetError: pyarrow is missing.
        OSError: the file can't be written.
    """
    pa, pq = _pyarrow()

    def texts(ids: Sequence[str], places: npt.NDArray[np.int32]) -> Any:
        return pa.DictionaryArray.from_arrays(places, pa.array(ids, pa.string()))

    at = np.rint(history.at * _MICROSECONDS).astype("datetime64[us]")
    columns = {
        "user": texts(history.users, history.user_at),
        "item": texts(history.items, history.item_at),
        "weight": pa.array(history.weight, pa.float32()),
        # Microseconds: Spark reads no nanoseconds.
        "at": pa.array(at, pa.timestamp("us", tz="UTC")),
    }
    pq.write_table(pa.table(columns), path)


def _pyarrow() -> tuple[Any, Any]:
    """Return the packages pyarrow and pyarrow.parquet, or say how to come by them."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise ParquetError("Parquet files need the package pyarrow: pip install 'lam[parquet]'.") from None
    return pa, pq


def _expect_cells(path: Path, table: "Table") -> None:
    """Refuse columns of another type, and empty cells: who or what they are about nobody can know."""
    import pyarrow as pa

    types = pa.types

    def text(kind: Any) -> bool:
        kind = kind.value_type if types.is_dictionary(kind) else kind
        return bool(types.is_string(kind) or types.is_large_string(kind))

    right: dict[str, tuple[str, Callable[[Any], bool]]] = {
        "user": ("texts", text),
        "item": ("texts", text),
        "weight": ("numbers", lambda kind: types.is_floating(kind) or types.is_integer(kind)),
        "at": ("times with a zone", lambda kind: types.is_timestamp(kind) and kind.tz is not None),
    }
    for name, (what, fits) in right.items():
        if not fits(table[name].type):
            raise ParquetError(f"{path}: expected {what} as `{name}`, found {table[name].type}.")
        if empty := table[name].null_count:
            raise ParquetError(
                f"{path}: expected a {name} in every row, found {empty} empty. Leave them out."
            )


def _places(column: "ChunkedArray") -> tuple[tuple[str, ...], npt.NDArray[np.int32]]:
    """Return the sorted distinct texts of a column, and the place of each row's among them."""
    import pyarrow as pa

    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    column = column.unify_dictionaries().combine_chunks()
    if isinstance(column, pa.ChunkedArray):  # of no chunk at all
        return (), np.zeros(0, dtype=np.int32)
    names = column.dictionary.cast(pa.string()).to_pylist()
    codes = column.indices.to_numpy()
    # A dictionary may hold texts that no row has any more, and hold them in any order.
    used = np.unique(codes)
    ordered = sorted(used.tolist(), key=names.__getitem__)
    ranks = np.zeros(len(names), dtype=np.int32)
    ranks[ordered] = np.arange(len(ordered), dtype=np.int32)
    return tuple(names[code] for code in ordered), ranks[codes]


def _seconds(column: "ChunkedArray") -> npt.NDArray[np.float64]:
    """Return times as seconds since 1970."""
    import pyarrow as pa

    micros: npt.NDArray[np.int64] = (
        column.cast(pa.timestamp("us", tz="UTC"), safe=False).cast(pa.int64()).to_numpy()
    )
    return micros / _MICROSECONDS
