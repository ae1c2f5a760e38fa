"""What the nearest training examples say: a vote that helps where a linear head has not settled."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
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
    count = min(neighbours, len(similarities))
    nearest = np.argpartition(-similarities, count - 1)[:count]
    weights = np.exp(_SHARPNESS * (similarities[nearest] - similarities[nearest].max()))
    votes = np.bincount(labels[nearest], weights=weights, minlength=intents)
    shares: Floats = (votes / votes.sum()).astype(np.float32)
    return shares
