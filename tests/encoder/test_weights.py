"""Finding an encoder's files, and refusing what is not an encoder."""

import shutil
from pathlib import Path

import pytest

from lam.encoder import DEFAULT, EncoderError, find_encoder
from lam.encoder.weights import file_hash


def test_the_default_comes_from_its_package() -> None:
    folder = find_encoder()
    assert {"config.json", "model.safetensors", "tokenizer.json"} <= {one.name for one in folder.iterdir()}


def test_a_folder_is_taken_as_it_is(tiny_encoder: Path) -> None:
    assert find_encoder(str(tiny_encoder)) == tiny_encoder


@pytest.mark.parametrize("file", ["config.json", "model.safetensors", "tokenizer.json"])
def test_a_folder_that_lacks_a_file_is_refused_by_its_name(
    tiny_encoder: Path, tmp_path: Path, file: str
) -> None:
    folder = Path(shutil.copytree(tiny_encoder, tmp_path / "encoder"))
    (folder / file).unlink()
    with pytest.raises(EncoderError, match=file):
        find_encoder(str(folder))


def test_an_unknown_name_says_what_would_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(EncoderError, match=rf"no-such-encoder.*{DEFAULT}"):
        find_encoder("no-such-encoder")


def test_weights_that_are_not_the_published_ones_are_refused(
    tiny_encoder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lam.encoder.weights._packaged", lambda: tiny_encoder)
    with pytest.raises(EncoderError, match="SHA-256"):
        find_encoder(DEFAULT)


def test_a_hash_is_of_the_bytes(tmp_path: Path) -> None:
    (tmp_path / "empty").write_bytes(b"")
    assert file_hash(tmp_path / "empty") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
