"""The vote of the nearest examples."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lam.understanding.neighbours import vote


def test_the_nearest_decide() -> None:
    similarities = np.array([0.9, 0.2, 0.8, 0.1], dtype=np.float32)
    shares = vote(similarities, np.array([0, 1, 0, 1]), intents=3, neighbours=2)
    assert shares.tolist() == [1.0, 0.0, 0.0]


def test_the_closer_counts_for_more() -> None:
    similarities = np.array([0.90, 0.85], dtype=np.float32)
    shares = vote(similarities, np.array([0, 1]), intents=2, neighbours=2)
    assert shares[0] / shares[1] == pytest.approx(np.e, rel=1e-3)


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=30), st.integers(1, 40))
def test_shares_are_shares_for_any_number_of_neighbours(cosines: list[float], neighbours: int) -> None:
    labels = np.arange(len(cosines)) % 4
    shares = vote(np.array(cosines, dtype=np.float32), labels, intents=4, neighbours=neighbours)
    assert shares.sum() == pytest.approx(1, abs=1e-5)
    assert (shares >= 0).all()


@given(st.integers(0, 2**32 - 1), st.integers(1, 1500), st.integers(1, 12))
def test_those_that_vote_are_the_nearest_of_many(seed: int, count: int, neighbours: int) -> None:
    similarities = np.random.default_rng(seed).uniform(-1, 1, count).astype(np.float32)
    shares = vote(similarities, np.arange(count), intents=count, neighbours=neighbours)
    assert set(np.flatnonzero(shares)) <= set(np.argsort(-similarities)[:neighbours])
    assert shares.argmax() == similarities.argmax()
