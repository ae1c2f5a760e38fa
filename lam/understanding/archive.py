"""Takes the intent classifier out of a Rasa archive, and nothing else: no class that it names is imported."""

import functools
import json
import tarfile
import tempfile
import zlib
from pathlib import Path, PurePosixPath

from lam.encoder import ArtifactError
from lam.understanding.classifier import IntentClassifier

_COMPONENT = "BertIntentClassifier"
# Rasa writes archives in place, so that one may be half there: it must not hide those beside it.
_UNREADABLE = (tarfile.TarError, zlib.error, EOFError, OSError, ValueError)


class NoSuchModel(LookupError):  # noqa: N818
    """No archive has the wanted model, or it holds no classifier of ours."""


@functools.lru_cache(maxsize=2)
def load_classifier(model_id: str, folder: Path) -> IntentClassifier:
    """Return the classifier of the model with this id; the last two stay in memory.

    Args:
        model_id: as Rasa writes it into every event of a turn that the model served.
        folder: where the archives lie.

    Raises:
        NoSuchModel: no archive has this id, or the one that has it holds no such component.
    """
    archives = sorted(folder.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime, reverse=True)
    broken = []
    for path in archives:
        try:
            with tarfile.open(path, "r:gz") as archive:
                if _model_id(archive) == model_id:
                    return _classifier(archive, path)
        except _UNREADABLE as error:
            broken.append(f"{path.name} ({error})")
    others = len(archives) - len(broken)
    unread = f" and could not read {', '.join(broken)}" if broken else ""
    raise NoSuchModel(f"Expected model {model_id} in {folder}, found {others} others{unread}. Put it there.")


def load_model(path: Path) -> IntentClassifier:
    """Return the classifier in a folder that it was saved in, or in a Rasa archive.

    Raises:
        NoSuchModel: there is neither, the archive can't be read, or it holds no such component.
        ArtifactError: the classifier is of another version, or damaged.
    """
    if path.is_dir():
        return IntentClassifier.load(path)
    try:
        with tarfile.open(path, "r:gz") as archive:
            return _classifier(archive, path)
    except ArtifactError:
        raise
    except _UNREADABLE as error:
        raise NoSuchModel(
            f"{path}: expected the folder of a classifier or a Rasa archive (.tar.gz); {error}. "
            "Train one with `lam understand train` or `rasa train`."
        ) from error


def _model_id(archive: tarfile.TarFile) -> str | None:
    for member in archive:
        if PurePosixPath(member.name).name == "metadata.json" and (file := archive.extractfile(member)):
            found = json.load(file).get("model_id")
            return str(found) if found else None
    return None


def _classifier(archive: tarfile.TarFile, path: Path) -> IntentClassifier:
    with tempfile.TemporaryDirectory() as target:
        found = False
        for member in archive.getmembers():
            parts = PurePosixPath(member.name).parts
            # Only plain files, each under its last name: no path in an archive leads out of the folder.
            if (
                member.isfile()
                and len(parts) > 1
                and _COMPONENT in parts[-2]
                and (file := archive.extractfile(member))
            ):
                (Path(target) / parts[-1]).write_bytes(file.read())
                found = True
        if not found:
            raise NoSuchModel(
                f"Expected a {_COMPONENT} in {path.name}, found none. Add it to config.yml and train."
            )
        return IntentClassifier.load(Path(target))
