"""The model for the present data: trained when there is none, found by a hash of all that it is made of."""

import asyncio
import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import yaml

import lam
from lam.components.fingerprint import encoder_hash
from lam.settings import SettingError, Settings
from lam.supervisor.environment import RASA, quiet_environment
from lam.supervisor.process import run_child

# The project's files and the library's code that a trained model depends on.
_PROJECT = ("config.yml", "domain.yml", "domain", "data")
_LIBRARY = ("components", "encoder", "understanding")


class TrainingFailed(Exception):  # noqa: N818
    """`rasa train` ended with an error; it has said why."""


def model_path(root: Path) -> Path:
    """Return where the model for the present data belongs, `models/lam-HASH.tar.gz`; it may not exist.

    Raises:
        SettingError: `root` is no Rasa project.
    """
    if not (root / "config.yml").is_file():
        raise SettingError("Expected a Rasa project in this folder, found no config.yml. Start lam in one.")
    digest = hashlib.sha256()
    for name, file in _ingredients(root):
        digest.update(f"{name}\0{file.stat().st_size}\0".encode())
        digest.update(file.read_bytes())
    for encoder in _encoder_folders(root):
        digest.update(encoder_hash(encoder).encode())
    return root / "models" / f"lam-{digest.hexdigest()[:12]}.tar.gz"


def named_model(settings: Settings) -> Path | None:
    """Return the archive that LAM_MODEL names, or None when it names none.

    Raises:
        SettingError: there is no such file.
    """
    if not settings.model:
        return None
    model = Path(settings.model)
    if not model.is_file():
        # Rasa would take whatever is newest in models/ instead, without a word.
        raise SettingError(f"LAM_MODEL: expected a model archive, found nothing at {model}. Run `lam train`.")
    return model


def newest_model(root: Path) -> Path:
    """Return the newest archive in `models/`, which is what a developer trained last.

    Raises:
        SettingError: there is none.
    """
    found = max((root / "models").glob("*.tar.gz"), key=lambda path: path.stat().st_mtime, default=None)
    if found is None:
        raise SettingError("models/: expected a trained model, found none. Run `lam train`.")
    return found


async def train(root: Path, tell: Callable[[str], None]) -> Path:
    """Make sure that the model for the present data exists, and return it. Safe to run twice at once.

    Raises:
        SettingError: `root` is no Rasa project.
        TrainingFailed: Rasa could not train it.
    """
    model = model_path(root)
    if model.exists():
        return model
    model.parent.mkdir(parents=True, exist_ok=True)
    async with _alone(model.parent / ".training", tell):
        if not model.exists():
            tell("Training a model for the present data: once, a few minutes.")
            await _train(root, model)
            tell(f"The model is {model}.")
    return model


async def _train(root: Path, model: Path) -> None:
    # Rasa writes the archive in place: a training that is killed must leave nothing that could be served.
    folder = Path(tempfile.mkdtemp(prefix=".new-", dir=model.parent))
    files = [str(root / name) for name in _PROJECT if (root / name).exists()]
    config, domain, data = files[0], files[1], files[-1]
    command = (
        *RASA, "train", "--config", config, "--domain", domain, "--data", data,
        "--out", str(folder), "--fixed-model-name", model.name,
    )  # fmt: skip
    try:
        status = await run_child(command, quiet_environment())
        if status != 0 or not (folder / model.name).is_file():
            raise TrainingFailed(f"rasa train ended with status {status} and no model; it says why above.")
        os.replace(folder / model.name, model)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@asynccontextmanager
async def _alone(path: Path, tell: Callable[[str], None]) -> AsyncIterator[None]:
    """Hold a file's lock, which the system takes back from a process that dies."""
    with path.open("w") as file:
        waited = False
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if not waited:
                    tell("Another process trains just now; waiting for it.")
                waited = True
                await asyncio.sleep(0.5)
        yield


def _ingredients(root: Path) -> Iterator[tuple[str, Path]]:
    library = Path(lam.__file__).parent
    for base, names, pattern in ((root, _PROJECT, "*"), (library, _LIBRARY, "*.py")):
        for name in names:
            top = base / name
            for file in [top] if top.is_file() else sorted(top.rglob(pattern)):
                if file.is_file():
                    yield file.relative_to(base).as_posix(), file


def _encoder_folders(root: Path) -> Iterator[str]:
    """The folders that an `encoder` in the pipeline names; elsewhere an encoder's name says what it is."""
    try:
        config = yaml.safe_load((root / "config.yml").read_text(encoding="utf-8"))
    except (yaml.YAMLError, ValueError):
        return  # rasa train says what is wrong with it, and where
    pipeline = config.get("pipeline") if isinstance(config, dict) else None
    for component in pipeline or ():
        encoder = component.get("encoder") if isinstance(component, dict) else None
        if encoder and Path(encoder).is_dir():
            yield encoder
