"""A folder of model files with a manifest: what it is, in which version, and each file's hash."""

import json
from pathlib import Path
from typing import Any

from lam.encoder.weights import file_hash

MANIFEST = "manifest.json"


class ArtifactError(ValueError):
    """A saved model can't be used; the message says what was expected, what was found and what to do."""


def seal(folder: Path, kind: str, version: int, facts: dict[str, Any]) -> None:
    """Write the manifest of a folder whose other files are all there.

    Args:
        folder: holds the model's files, and no folders.
        kind: what the files are, such as `intent-classifier`.
        version: of the files' format.
        facts: what else the loader needs; JSON.
    """
    files = {path.name: file_hash(path) for path in sorted(folder.iterdir()) if path.name != MANIFEST}
    manifest = {"kind": kind, "version": version, "files": files, "facts": facts}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1, ensure_ascii=False), encoding="utf-8")


def unseal(folder: Path, kind: str, version: int) -> dict[str, Any]:
    """Return the facts of a sealed folder after its files have been checked.

    Raises:
        ArtifactError: it is of another kind or version, or a file is missing or changed.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        found = (manifest["kind"], manifest["version"])
        files, facts = dict(manifest["files"]), dict(manifest["facts"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ArtifactError(
            f"Expected a readable {MANIFEST} of a {kind}: {type(error).__name__}. Train anew."
        ) from error
    if found != (kind, version):
        raise ArtifactError(
            f"Expected {kind}, version {version}; found {found[0]}, version {found[1]}. "
            "Train anew, or load it with the release of lam that wrote it."
        )
    for name, expected in files.items():
        if Path(name).name != name or not (folder / name).is_file() or file_hash(folder / name) != expected:
            raise ArtifactError(
                f"File {name!r} of the {kind} is missing or not the one that was saved. Train anew."
            )
    return facts
