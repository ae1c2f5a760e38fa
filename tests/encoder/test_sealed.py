"""A sealed folder opens as what it is, and as nothing else."""

import json
from pathlib import Path

import pytest

from lam.encoder import ArtifactError, seal, unseal


@pytest.fixture
def sealed(tmp_path: Path) -> Path:
    (tmp_path / "model.onnx").write_bytes(b"weights")
    seal(tmp_path, "thing", 2, {"intents": ["grüße"]})
    return tmp_path


def test_facts_come_back(sealed: Path) -> None:
    assert unseal(sealed, "thing", 2) == {"intents": ["grüße"]}


def test_sealing_again_renews_the_manifest(sealed: Path) -> None:
    (sealed / "model.onnx").write_bytes(b"better weights")
    seal(sealed, "thing", 2, {})
    assert unseal(sealed, "thing", 2) == {}


@pytest.mark.parametrize(("kind", "version"), [("other", 2), ("thing", 1), ("thing", 3)])
def test_another_kind_or_version_is_refused(sealed: Path, kind: str, version: int) -> None:
    with pytest.raises(ArtifactError, match=rf"Expected {kind}, version {version}; found thing, version 2"):
        unseal(sealed, kind, version)


def test_a_changed_file_is_refused(sealed: Path) -> None:
    (sealed / "model.onnx").write_bytes(b"other weights")
    with pytest.raises(ArtifactError, match=r"model\.onnx"):
        unseal(sealed, "thing", 2)


def test_a_missing_file_is_refused(sealed: Path) -> None:
    (sealed / "model.onnx").unlink()
    with pytest.raises(ArtifactError, match=r"model\.onnx"):
        unseal(sealed, "thing", 2)


@pytest.mark.parametrize("content", [None, b"", b"\xff", b"[]", b"{}", b'{"kind": "thing", "version": 2}'])
def test_a_broken_manifest_is_refused(sealed: Path, content: bytes | None) -> None:
    manifest = sealed / "manifest.json"
    manifest.unlink() if content is None else manifest.write_bytes(content)
    with pytest.raises(ArtifactError, match=r"manifest\.json"):
        unseal(sealed, "thing", 2)


def test_a_manifest_never_leads_out_of_its_folder(sealed: Path) -> None:
    outside = sealed.parent / "outside"
    outside.write_bytes(b"weights")
    manifest = json.loads((sealed / "manifest.json").read_text())
    manifest["files"] = {"../outside": manifest["files"]["model.onnx"]}
    (sealed / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(ArtifactError, match="outside"):
        unseal(sealed, "thing", 2)
