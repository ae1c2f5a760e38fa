"""What the nearest training examples say: a vote that helps where a linear head has not settled."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
# Looked through by so many the greatest of many values are found much sooner than by partition.
_BLOCK = 64
_SHARPNESS = 20.0  # of the vote: a neighbour that is 0.05 of cosine further off counts for 1/e


def softmax(scores: Floats) -> Floats:
    """Return shares that add up to 1 along the last axis."""
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares: Floats = powers / powers.sum(axis=-1, keepdims=True)
    return shares


def vote(similarities: Floats, labels: npt.NDArray[np.int64], intents: int, neighbours: int) -> Floats:
    """Return each intent's share of the nearest examples' votes, weighted by their closeness.

    Khandelwal et al., "Generalization through Memorization", ICLR 2020, for classes in place of words.

    Args:
        similarities: cosines of a text with each example. Shape: (examples,)
        labels: the intent of each example. Shape: (examples,)
        intents: how many there are.
        neighbours: how many examples vote, or all where there are fewer.
    """
    nearest = _nearest(similarities, min(neighbours, len(similarities)))
    weights = np.exp(_SHARPNESS * (similarities[nearest] - similarities[nearest].max()))
    votes = np.bincount(labels[nearest], weights=weights, minlength=intents)
    shares: Floats = (votes / votes.sum()).astype(np.float32)
    return shares


def _nearest(similarities: Floats, count: int) -> npt.NDArray[np.int64]:
    """Return the places of the greatest values: each is in one of as many blocks, those with the greatest."""
    places = np.arange(len(similarities))
    whole = len(similarities) // _BLOCK
    if whole > count:
        blocks = similarities[: whole * _BLOCK].reshape(whole, _BLOCK).max(axis=1)
        best = np.argpartition(-blocks, count - 1)[:count]
        within = (best[:, None] * _BLOCK + np.arange(_BLOCK)).ravel()
        places = np.concatenate([within, places[whole * _BLOCK :]])
    nearest: npt.NDArray[np.int64] = places[np.argpartition(-similarities[places], count - 1)[:count]]
    return nearest
