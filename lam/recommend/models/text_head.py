"""Teach text vectors what people like together, and what they were shown and did not take."""

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

Floats = npt.NDArray[np.float32]

_RATE, _BATCH, _PAIRS = 0.05, 256, 8
# Pulls the head back to the encoder's own vectors, which know more than few users can tell.
_DECAY = 1e-3
# Share of the negatives that were shown and not taken, where a user has such.
_HARD = 0.5


def learn_head(
    texts: Floats, likes: sp.csr_matrix, rejected: sp.csr_matrix, epochs: int, seed: int
) -> Floats:
    """Return a matrix H under which liked texts are nearer to a user's others than those not taken.

    Minimises -log sigma((q H)(p H) - (q H)(n H)) over triples, as BPR does: q is the mean text of what else
    the user likes, p a liked item, n one that was shown and not taken, or else a random one. H begins as the
    identity and is pulled back to it. The encoder stays as it is.

    Args:
        texts: vectors of length 1. Shape: (items, width)
        likes, rejected: strengths. Shape: (users, items)

    Shape of the result: (width, width)
    """
    generator = np.random.default_rng(seed)
    head = np.eye(texts.shape[1], dtype=np.float32)
    users = np.flatnonzero(np.diff(likes.indptr) > 1)
    for epoch in range(epochs):
        rate = _RATE * (1 - epoch / epochs)
        for part in np.array_split(generator.permutation(users), -(-len(users) * _PAIRS // _BATCH) or 1):
            triples = [
                triple for user in part for triple in _triples(texts, likes, rejected, user, generator)
            ]
            if triples:
                query, liked, other = (np.stack(one) for one in zip(*triples, strict=True))
                head -= rate * _slope(head, query, liked - other)
    return head


def _triples(
    texts: Floats, likes: sp.csr_matrix, rejected: sp.csr_matrix, user: int, generator: np.random.Generator
) -> list[tuple[Floats, Floats, Floats]]:
    liked = likes.indices[likes.indptr[user] : likes.indptr[user + 1]]
    refused = rejected.indices[rejected.indptr[user] : rejected.indptr[user + 1]]
    total = texts[liked].sum(axis=0)
    found = []
    for place in generator.choice(liked, min(_PAIRS, len(liked)), replace=False):
        hard = len(refused) and generator.random() < _HARD
        negative = generator.choice(refused) if hard else generator.integers(len(texts))
        if negative not in liked:
            query = (total - texts[place]) / (len(liked) - 1)
            found.append((query, texts[place], texts[negative]))
    return found


def _slope(head: Floats, query: Floats, difference: Floats) -> Floats:
    """Return the gradient of the mean loss, and of the pull to the identity. Shape: (width, width)"""
    left, right = query @ head, difference @ head
    wrong = 1 / (1 + np.exp((left * right).sum(axis=1)))
    weighted = (wrong / len(query))[:, None]
    found = -(query.T @ (weighted * right) + difference.T @ (weighted * left))
    result: Floats = (found + _DECAY * (head - np.eye(len(head)))).astype(np.float32)
    return result
