"""Hashes of what Rasa's training cache does not see: library code, and an encoder in a folder."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

import lam

_FOLDER = Path(lam.__file__).parent


def source_hash(*folders: str) -> str:
    """Return a hash of all Python files in folders of `lam`, so that a change of them retrains."""
    return _hash(_FOLDER, (path for folder in folders for path in sorted((_FOLDER / folder).rglob("*.py"))))


def encoder_hash(name: str) -> str:
    """Return a hash of the files of an encoder in a folder, else the name: a published one stays as it is."""
    folder = Path(name)
    if not folder.is_dir():
        return name
    return _hash(folder, sorted(path for path in folder.iterdir() if path.is_file()))


def files_hash(path: Path) -> str:
    """Return a hash of a file, or of all files below a folder."""
    return _hash(
        path.parent, [path] if path.is_file() else sorted(one for one in path.rglob("*") if one.is_file())
    )


def _hash(base: Path, files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.relative_to(base).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
