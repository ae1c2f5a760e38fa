"""Reads labelled texts: Rasa's NLU YAML, CSV, JSON lines, and folders of them."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from lam.types import Example
from lam.understanding.corpus.annotations import parse_entities
from lam.understanding.corpus.nlu_yaml import read_yaml
from lam.understanding.corpus.places import DataError, Located, Place
from lam.understanding.corpus.rows import read_csv, read_json_lines

__all__ = ["DataError", "Place", "parse_entities", "read_examples", "read_located"]

_READERS: dict[str, Callable[[str, str], Iterator[Located]]] = {
    ".yml": read_yaml,
    ".yaml": read_yaml,
    ".csv": read_csv,
    ".jsonl": read_json_lines,
}


def read_examples(*paths: Path) -> list[Example]:
    """Return the examples of files and folders, in the order of their names.

    Args:
        paths: `.yml`, `.yaml` in Rasa's NLU format (synonyms, lookups, regexes are passed over), `.csv` with
            a header and the columns `text` and `intent`, `.jsonl` with objects that have these keys, or
            folders of such files. A folder's other files don't count, nor do its hidden ones.

    Raises:
        DataError: a file is missing, or is not what its ending says.
    """
    return [example for example, _ in read_located(*paths)]


def read_located(*paths: Path) -> list[tuple[Example, Place]]:
    """Return the examples of files and folders as `read_examples` does, each with the line where it stands.

    Raises:
        DataError: a file is missing, or is not what its ending says.
    """
    files = [file for path in paths for file in _files(path)]
    names = _names(files)
    return [one for file in files for one in _read(file, names[file])]


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        inside = [one for one in sorted(path.rglob("*")) if one.suffix.lower() in _READERS and one.is_file()]
        return [one for one in inside if not any(part[0] == "." for part in one.relative_to(path).parts)]
    if not path.exists():
        raise DataError(f"{path}: expected a file or a folder, found nothing there. Look at its name.")
    if path.suffix.lower() not in _READERS:
        raise DataError(f"{path.name}: expected a name that ends in {', '.join(_READERS)}. Rename it.")
    return [path]


def _names(files: Iterable[Path]) -> dict[Path, str]:
    """Return what to call each file: its name, with as many folders as tell it apart."""
    names: dict[Path, str] = {}
    left, parts = [*dict.fromkeys(files)], 1
    while left:
        ends = {file: "/".join(file.parts[-parts:]) for file in left}
        times = Counter(ends.values())
        names |= {file: end for file, end in ends.items() if times[end] == 1 or parts >= len(file.parts)}
        left, parts = [file for file in left if file not in names], parts + 1
    return names


def _read(path: Path, name: str) -> Iterator[Located]:
    try:
        text = path.read_bytes().decode("utf-8-sig")  # Excel marks UTF-8 so
    except OSError as error:
        raise DataError(f"{name}: expected a file that can be read; {error.strerror}.") from error
    except UnicodeDecodeError as error:
        place = Place(name, error.object.count(b"\n", 0, error.start) + 1)
        found = error.object[error.start]
        raise DataError(f"{place}: expected UTF-8, found the byte {found:#04x}. Save it as UTF-8.") from error
    return _READERS[path.suffix.lower()](text, name)
