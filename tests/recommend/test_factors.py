"""Factors on their way from a training to serving."""

import json
from pathlib import Path

import numpy as np
import pytest

from lam.encoder import ArtifactError
from lam.recommend.factors import Factors

VECTORS = np.arange(6, dtype=np.float32).reshape(3, 2)
MEAN = np.ones(2, dtype=np.float32)


@pytest.fixture
def factors() -> Factors:
    return Factors(("tea", "café", "water"), VECTORS, MEAN, {"engine": "spark"})


def test_what_is_written_is_read(factors: Factors, tmp_path: Path) -> None:
    factors.write(tmp_path / "f")
    found = Factors.read(tmp_path / "f")
    assert (found.items, found.facts) == (factors.items, factors.facts)
    assert np.array_equal(found.vectors, VECTORS) and np.array_equal(found.mean, MEAN)


def test_other_factors_are_not_written_over(factors: Factors, tmp_path: Path) -> None:
    factors.write(tmp_path)
    with pytest.raises(FileExistsError, match="empty folder"):
        factors.write(tmp_path)


def test_a_changed_file_is_refused(factors: Factors, tmp_path: Path) -> None:
    factors.write(tmp_path)
    (tmp_path / "items.json").write_text('["tea", "water", "café"]')
    with pytest.raises(ArtifactError, match=r"items\.json.*Train anew"):
        Factors.read(tmp_path)


def test_another_version_is_refused(factors: Factors, tmp_path: Path) -> None:
    factors.write(tmp_path)
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    (tmp_path / "manifest.json").write_text(json.dumps(manifest | {"version": 99}))
    with pytest.raises(ArtifactError, match="version 99"):
        Factors.read(tmp_path)


def test_numbers_that_are_none_are_refused_and_the_item_is_named() -> None:
    vectors = VECTORS.copy()
    vectors[1, 0] = np.nan
    with pytest.raises(ValueError, match=r"found others for café.*diverged"):
        Factors(("tea", "café", "water"), vectors, MEAN)
    with pytest.raises(ValueError, match="the mean user"):
        Factors(("tea", "café", "water"), VECTORS, MEAN * np.inf)


@pytest.mark.parametrize(
    ("items", "mean", "said"),
    [
        (("a", "b"), MEAN, "for each of 2 items"),
        (("a", "b", "c"), np.ones(3, dtype=np.float32), "as wide"),
        (("a", "a", "b"), MEAN, "each item once"),
    ],
)
def test_what_does_not_fit_is_refused(items: tuple[str, ...], mean: np.ndarray, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Factors(items, VECTORS, mean)


def test_a_catalogue_takes_its_own_items_in_its_own_order(factors: Factors) -> None:
    found = factors.of_catalogue(["water", "juice", "tea"])
    assert found.items == ("water", "juice", "tea")
    assert found.vectors.tolist() == [[4, 5], [0, 0], [0, 1]]
