"""Sentences as vectors, by the real encoder."""

import numpy as np
import pytest

from lam.encoder import EncoderError
from lam.encoder.sentences import SentenceEncoder


@pytest.mark.weights
def test_sentences_that_mean_alike_are_near() -> None:
    encode = SentenceEncoder()
    texts = ["saving for a house", "money for a home of our own", "a credit card", ""]
    vectors = encode(texts)
    assert vectors.shape == (4, 384) and vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    alike = vectors @ vectors.T
    assert alike[0, 1] > 2 * alike[0, 2]
    assert np.abs(encode(texts[::-1])[::-1] - vectors).max() < 1e-5
    assert encode([]).shape == (0, 384)


def test_an_encoder_that_is_none_is_told_at_the_first_call() -> None:
    with pytest.raises(EncoderError):
        SentenceEncoder("nowhere/at-all")(["hello"])
