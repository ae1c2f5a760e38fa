"""A hash of library code: Rasa's training cache sees a component's own source only."""

import hashlib
from pathlib import Path

import lam

_FOLDER = Path(lam.__file__).parent


def source_hash(*folders: str) -> str:
    """Return a hash of all Python files in folders of `lam`, so that a change of them retrains."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted((_FOLDER / folder).rglob("*.py")):
            digest.update(path.relative_to(_FOLDER).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
