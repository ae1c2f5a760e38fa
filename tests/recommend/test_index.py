"""The best items by vector: exact, through faiss, and never one that is not allowed."""

import builtins
from typing import Any

import numpy as np
import pytest

from lam.recommend import index
from lam.recommend.factors import Floats
from lam.recommend.index import ExactIndex, FaissIndex, ItemIndex, build_index

ITEMS, WIDTH, QUERIES, COUNT = 30_000, 16, 100, 10


@pytest.fixture(scope="module")
def vectors() -> Floats:
    """Items around 150 tastes, few of them popular: those have long vectors."""
    rng = np.random.default_rng(7)
    tastes = rng.normal(size=(150, WIDTH))
    near = tastes[rng.integers(150, size=ITEMS)] + 0.5 * rng.normal(size=(ITEMS, WIDTH))
    return np.asarray(near * (0.2 + rng.pareto(3, size=(ITEMS, 1))), dtype=np.float32)


@pytest.fixture(scope="module")
def queries(vectors: Floats) -> Floats:
    """Users who like five items each."""
    rng = np.random.default_rng(8)
    return np.asarray(vectors[rng.integers(ITEMS, size=(QUERIES, 5))].mean(axis=1), dtype=np.float32)


@pytest.fixture(scope="module")
def through_faiss(vectors: Floats) -> FaissIndex:
    pytest.importorskip("faiss", reason="faiss is not installed: scripts/install scale")
    return FaissIndex(vectors)


@pytest.fixture(params=["exact", "faiss"])
def either(request: pytest.FixtureRequest, vectors: Floats) -> ItemIndex:
    return ExactIndex(vectors) if request.param == "exact" else request.getfixturevalue("through_faiss")


@pytest.mark.parametrize("share", [1.0, 0.5, 0.1, 0.001])
def test_faiss_finds_what_comparing_with_all_finds(
    vectors: Floats, queries: Floats, through_faiss: FaissIndex, share: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    # So that the index itself answers, however few are eligible of so small a catalogue.
    monkeypatch.setattr(index, "_FEW", 0)
    monkeypatch.setattr(index, "_SELECTIVE", 0.0)
    allowed = np.random.default_rng(9).random(ITEMS) < share
    exact, hits = ExactIndex(vectors), 0
    for query in queries:
        wanted, best = exact.search(query, COUNT, allowed)
        found, scores = through_faiss.search(query, COUNT, allowed)
        assert allowed[found].all() and len(found) == min(COUNT, allowed.sum())
        assert np.allclose(scores, vectors[found] @ query, rtol=1e-5) and (np.diff(scores) <= 0).all()
        assert scores[0] <= best[0] * (1 + 1e-5)
        hits += len(set(found) & set(wanted))
    assert hits / (QUERIES * min(COUNT, allowed.sum())) >= 0.95


def test_the_index_does_not_look_at_everything(through_faiss: FaissIndex) -> None:
    assert through_faiss.probes <= through_faiss.cells / 2


def test_the_best_come_first_and_equals_keep_their_order() -> None:
    found, scores = ExactIndex(np.array([[1.0], [3.0], [2.0], [3.0]])).search(np.ones(1, dtype=np.float32), 3)
    assert (found.tolist(), scores.tolist()) == ([1, 3, 2], [3.0, 3.0, 2.0])


def test_nothing_allowed_nothing_found(either: ItemIndex, queries: Floats) -> None:
    found, scores = either.search(queries[0], COUNT, np.zeros(ITEMS, dtype=bool))
    assert len(found) == len(scores) == 0


def test_the_few_that_are_allowed_all_come_back(either: ItemIndex, queries: Floats) -> None:
    allowed = np.zeros(ITEMS, dtype=bool)
    allowed[[5, 77, 4242]] = True
    assert set(either.search(queries[0], COUNT, allowed)[0]) == {5, 77, 4242}


def test_queries_and_masks_that_do_not_fit_are_refused(either: ItemIndex, queries: Floats) -> None:
    with pytest.raises(ValueError, match=r"finite query of shape \(16,\)"):
        either.search(queries[0][:-1], COUNT)
    with pytest.raises(ValueError, match="finite query"):
        either.search(queries[0] * np.nan, COUNT)
    with pytest.raises(ValueError, match="mask of shape"):
        either.search(queries[0], COUNT, np.ones(3, dtype=bool))
    with pytest.raises(ValueError, match="at least 1"):
        either.search(queries[0], 0)


def test_the_same_seed_gives_the_same_answer(
    vectors: Floats, queries: Floats, through_faiss: FaissIndex
) -> None:
    again = FaissIndex(vectors)
    for query in queries[:10]:
        assert np.array_equal(again.search(query, COUNT)[0], through_faiss.search(query, COUNT)[0])


def test_small_catalogues_need_no_faiss(vectors: Floats, monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(build_index(vectors), ExactIndex)
    monkeypatch.setattr(index, "LARGE", ITEMS)
    pytest.importorskip("faiss", reason="faiss is not installed: scripts/install scale")
    assert isinstance(build_index(vectors), FaissIndex)


def test_without_faiss_it_is_exact_and_says_so(
    vectors: Floats, queries: Floats, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    imported = builtins.__import__

    def without_faiss(name: str, *others: Any, **more: Any) -> Any:
        if name == "faiss":
            raise ImportError(name)
        return imported(name, *others, **more)

    monkeypatch.setattr(builtins, "__import__", without_faiss)
    monkeypatch.setattr(index, "LARGE", ITEMS)
    built = build_index(vectors)
    assert isinstance(built, ExactIndex) and len(built.search(queries[0], COUNT)[0]) == COUNT
    assert "pip install 'lam[faiss]'" in caplog.text and "30,000 items" in caplog.text
