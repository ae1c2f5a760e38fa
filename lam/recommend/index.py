"""The best items for a user's vector: by looking at all of them, or beyond 100,000 through faiss."""

import logging
import math
from abc import ABC, abstractmethod
from typing import Any

import numpy as np
import numpy.typing as npt

from lam.recommend.factors import Floats

Places = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

#: From so many items on an index is worth its upkeep; below, one product of a matrix and a vector is faster.
LARGE = 100_000
# Cells of the index, as a multiple of the root of the number of items, and training vectors for each.
_CELLS, _TRAINING = 2.0, 64
# The cells to look into are found on a sample, aiming above what is promised for all queries (0.95).
_SAMPLE, _COUNT, _RECALL = 256, 10, 0.99
# The share of the longest vectors, which are all compared.
_LONG = 0.05
# Among fewer eligible items the exact product is faster than the index.
_FEW = 10_000
_SELECTIVE = 0.05

_LOG = logging.getLogger(__name__)


class ItemIndex(ABC):
    """Finds the items whose vectors have the largest inner products with a user's. Threads may share it."""

    def __init__(self, vectors: Floats) -> None:
        self.vectors = np.ascontiguousarray(vectors, dtype=np.float32)

    @abstractmethod
    def search(self, query: Floats, count: int, allowed: Mask | None = None) -> tuple[Places, Floats]:
        """Return the places of the best items, the best first, and their inner products.

        Args:
            query: Shape: (width,)
            count: at most so many come back; fewer only where fewer are allowed.
            allowed: Shape: (items,). False: this item never comes back. All are allowed when left out.

        Raises:
            ValueError: a shape doesn't fit, the query isn't finite, or the count is below 1.
        """

    def _exact(self, query: Floats, count: int, allowed: Mask | None) -> tuple[Places, Floats]:
        if allowed is None:
            return _best(np.arange(len(self.vectors)), self.vectors @ query, count)
        places = np.flatnonzero(allowed)
        return _best(places, self.vectors[places] @ query, count)

    def _check(self, query: Floats, count: int, allowed: Mask | None) -> None:
        items, width = self.vectors.shape
        if query.shape != (width,) or not np.isfinite(query).all():
            raise ValueError(f"Expected a finite query of shape ({width},), found shape {query.shape}.")
        if count < 1:
            raise ValueError(f"Expected a count of at least 1, found {count}.")
        if allowed is not None and allowed.shape != (items,):
            raise ValueError(f"Expected a mask of shape ({items},), found {allowed.shape}.")


class ExactIndex(ItemIndex):
    """Compares with every item."""

    def search(self, query: Floats, count: int, allowed: Mask | None = None) -> tuple[Places, Floats]:
        self._check(query, count, allowed)
        return self._exact(query, count, allowed)


class FaissIndex(ItemIndex):
    """Compares with the longest vectors, and looks for others in an inverted file of the library faiss.

    Popular items have long vectors, and most best products are theirs: they are compared one by one. If not
    even the longest of the others could reach into the list, the list is exact (Teflioudi, Gemulla 2015).
    Else the likeliest cells of an inverted file (Jégou, Douze, Schmid 2011) are looked into. Cells hold near
    vectors, which need not be those with large products, unless all are equally long: so each gets one more
    coordinate (Bachrach et al. 2014), which says little unless lengths are alike: so the longest stay apart
    (Yan et al. 2018).

    Masks are honoured within the search, scores are exact, and where the cells hold too few allowed items
    all are compared.

    Attributes:
        cells: of the inverted file.
        probes: cells that a search without a mask looks into.
    """

    def __init__(self, vectors: Floats, queries: Floats | None = None, seed: int = 0) -> None:
        """Build the index; 100,000 items of 64 numbers take seconds.

        Args:
            vectors: Shape: (items, width)
            queries: users' vectors, from which to learn how many cells to look into; made of the items'
                when left out. Shape: (queries, width)
            seed: of the cells and of the sample.

        Raises:
            ImportError: faiss isn't installed.
        """
        import faiss

        super().__init__(vectors)
        rng = np.random.default_rng(seed)
        squares = np.square(self.vectors).sum(axis=1)
        order = np.argsort(-squares, kind="stable")
        self._long, self._short = np.split(order, [round(_LONG * len(order))])
        self._longest = self.vectors[self._long]
        rest = squares[self._short]
        self._reach = math.sqrt(rest.max(initial=0.0))
        lacking = np.sqrt(np.maximum(self._reach**2 - rest, 0.0))
        even = np.concatenate([self.vectors[self._short], lacking[:, None]], axis=1, dtype=np.float32)
        self.cells = max(1, round(_CELLS * math.sqrt(len(even))))
        width = even.shape[1]
        self._faiss, self._index = faiss, faiss.IndexIVFFlat(faiss.IndexFlatL2(width), width, self.cells)
        self._index.cp.seed, self._index.cp.max_points_per_centroid = seed + 1, _TRAINING
        self._index.train(even[rng.permutation(len(even))[: _TRAINING * self.cells]])
        self._index.add(even)
        self.probes = 1
        self._tune(_users(self.vectors, rng) if queries is None else queries[:_SAMPLE])

    def search(self, query: Floats, count: int, allowed: Mask | None = None) -> tuple[Places, Floats]:
        self._check(query, count, allowed)
        items = len(self.vectors)
        eligible = items if allowed is None else int(np.count_nonzero(allowed))
        if allowed is not None and (eligible <= _FEW or eligible < _SELECTIVE * items):
            return self._exact(query, count, allowed)
        # The fewer are allowed, the further away the best of them lie.
        found = self._look(query, count, math.ceil(self.probes * items / eligible), allowed)
        return found if len(found[0]) == min(count, eligible) else self._exact(query, count, allowed)

    def _look(
        self, query: Floats, count: int, probes: int, allowed: Mask | None = None
    ) -> tuple[Places, Floats]:
        """Return what the longest and some cells hold."""
        if allowed is None:
            places, scores = _best(self._long, self._longest @ query, count)
        else:
            open_to = allowed[self._long]
            places, scores = _best(self._long[open_to], self._longest[open_to] @ query, count)
        if len(places) == count and scores[-1] >= self._reach * float(np.linalg.norm(query)):
            return places, scores
        others = self._probe(query, count, probes, allowed)
        return _best(
            np.concatenate([places, others]), np.concatenate([scores, self.vectors[others] @ query]), count
        )

    def _probe(self, query: Floats, count: int, probes: int, allowed: Mask | None) -> Places:
        """Return the best of the shorter vectors in the likeliest cells."""
        options: dict[str, Any] = {"nprobe": min(probes, self.cells)}
        if allowed is not None:
            bits = np.packbits(allowed[self._short], bitorder="little")
            # faiss keeps a pointer to these bits, so they must outlive the search: `bits` is a local name.
            options["sel"] = self._faiss.IDSelectorBitmap(bits)
        longer = np.append(query, np.float32(0))[None].astype(np.float32)
        _, found = self._index.search(longer, count, params=self._faiss.SearchParametersIVF(**options))
        places: Places = self._short[found[0][found[0] >= 0]]
        return places

    def _tune(self, queries: Floats) -> None:
        """Look into twice as many cells until the sample's best items are found."""
        wanted = [set(self._exact(query, _COUNT, None)[0].tolist()) for query in queries]
        while self.probes < self.cells:
            hits = sum(
                len(best & set(self._look(query, _COUNT, self.probes)[0].tolist()))
                for query, best in zip(queries, wanted, strict=True)
            )
            if hits >= _RECALL * sum(map(len, wanted)):
                return
            self.probes = min(2 * self.probes, self.cells)


def build_index(vectors: Floats, queries: Floats | None = None, seed: int = 0) -> ItemIndex:
    """Return an index that fits the number of items: exact below `LARGE`, faiss's from there on.

    Without faiss it is exact, too, which a warning says. Arguments: see `FaissIndex`.
    """
    if len(vectors) < LARGE:
        return ExactIndex(vectors)
    try:
        return FaissIndex(vectors, queries, seed)
    except ImportError:
        _LOG.warning(
            "Expected faiss for %s items, found none: every call compares with all of them, which is right "
            "but slower. Install it with: pip install 'lam[faiss]'",
            f"{len(vectors):,}",
        )
        return ExactIndex(vectors)


def _users(vectors: Floats, rng: np.random.Generator) -> Floats:
    """Return vectors such as users have: between three of the items."""
    three = rng.integers(len(vectors), size=(_SAMPLE, 3))
    return np.asarray(vectors[three].mean(axis=1), dtype=np.float32)


def _best(places: Places, scores: Floats, count: int) -> tuple[Places, Floats]:
    """Return the places with the highest scores, the best first; equal scores keep their order."""
    if count < len(scores):
        chosen = np.sort(np.argpartition(-scores, count - 1)[:count])
        places, scores = places[chosen], scores[chosen]
    order = np.argsort(-scores, kind="stable")
    return places[order], scores[order]
