"""Texts as a prior: what is learned of an item is drawn toward what its text says, the less it was touched.

So an item that nobody has touched is recommended to those who like what is like it.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

# Of the ridge regression; text vectors have length 1, and items weigh at most 1.
_RIDGE = 1.0


@dataclass(frozen=True)
class TextPrior:
    """W: text vectors to anything that is learned of items.

    Attributes:
        texts: zeros where an item has none. Shape: (items, width)
        touched: users who like each item. Shape: (items,)
        evidence: users that weigh as much as the text; 0: texts say nothing.
    """

    texts: Floats
    touched: Floats
    evidence: float

    @classmethod
    def of(cls, texts: Floats, touched: Floats, evidence: float) -> Self:
        """Return the prior; one that says nothing where no item has a text."""
        return cls(texts, touched, evidence if texts.shape[1] else 0.0)

    def map(self, values: Floats) -> Floats:
        """Return W, by ridge regression on the touched items. Shape: (items, any) to (width, any)"""
        weights = self.touched / (self.touched + max(self.evidence, 1e-9))
        weighted = self.texts * weights[:, None]
        gram = weighted.T @ self.texts
        gram[np.diag_indices_from(gram)] += _RIDGE
        found: Floats = np.linalg.solve(gram, weighted.T @ values).astype(np.float32)
        return found

    def draw(self, values: Floats) -> Floats:
        """Return (n · values + evidence · W text) / (n + evidence), n the users who touched an item.

        An item without a text keeps its values. Shape: (items, any)
        """
        if not self.evidence:
            return values
        said = np.abs(self.texts).sum(axis=1) > 0
        share = np.where(said, self.evidence / (self.touched + self.evidence), 0).astype(np.float32)[:, None]
        found: Floats = (1 - share) * values + share * (self.texts @ self.map(values))
        return found
