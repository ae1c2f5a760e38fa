"""Finds data files in folders, and reads their text."""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from lam.places import DataError, Place

#: How the names of YAML files end.
YAML = (".yml", ".yaml")


def read_files(paths: Iterable[Path], endings: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """Yield the ending, what to call it and the text of each file, those of a folder in the order of names.

    Args:
        paths: files, and folders of which the other files don't count, nor do the hidden ones.
        endings: of the names, in small letters.

    Raises:
        DataError: a file is missing, has another ending, or can't be read.
    """
    endings = tuple(endings)
    files = [file for path in paths for file in _files(path, endings)]
    names = _names(files)
    for file in files:
        yield file.suffix.lower(), names[file], _text(file, names[file])


def _files(path: Path, endings: tuple[str, ...]) -> list[Path]:
    if path.is_dir():
        inside = [one for one in sorted(path.rglob("*")) if one.suffix.lower() in endings and one.is_file()]
        return [one for one in inside if not any(part[0] == "." for part in one.relative_to(path).parts)]
    if not path.exists():
        raise DataError(f"{path}: expected a file or a folder, found nothing there. Look at its name.")
    if path.suffix.lower() not in endings:
        raise DataError(f"{path.name}: expected a name that ends in {', '.join(endings)}. Rename it.")
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


def _text(path: Path, name: str) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")  # Excel marks UTF-8 so
    except OSError as error:
        raise DataError(f"{name}: expected a file that can be read; {error.strerror}.") from error
    except UnicodeDecodeError as error:
        place = Place(name, error.object.count(b"\n", 0, error.start) + 1)
        found = error.object[error.start]
        raise DataError(f"{place}: expected UTF-8, found the byte {found:#04x}. Save it as UTF-8.") from error
