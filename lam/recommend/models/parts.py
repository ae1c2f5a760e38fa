"""The parts of the hybrid: each says something of every item for a taste."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np
import numpy.typing as npt

from lam.recommend.history import DAY, History
from lam.recommend.models.als import AlsSettings, factorise
from lam.recommend.models.drawn import TextPrior
from lam.recommend.models.ease import ease_matrix
from lam.recommend.models.foldin import FoldIn
from lam.recommend.models.following import FollowingModel, FollowingSettings
from lam.recommend.models.linear import CAP
from lam.recommend.models.popularity import popularity
from lam.recommend.models.tastes import Known, strengths
from lam.recommend.models.text import TextModel
from lam.recommend.types import Item, Taste

Floats = npt.NDArray[np.float32]

NAMES = ("together", "following", "alike", "factors", "lately", "popular", "fresh")
PERSONAL = np.array([True, True, True, True, False, False, False])
#: What the parts count for where there is little to learn it from.
START = np.array([0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.0], dtype=np.float32)

# Half-lives of lately and of long-time popularity, as shares of the trend's.
_SHORT, _LONG = 0.125, 0.5
# Users that every item is taken to have had: so the logarithm of none is a number.
_PRIOR_COUNT = 0.5
# Likeliness that every item has from what goes together, what comes next and the factors, as a multiple of
# the mean one's. Only what comes next is a probability; the others are smaller than that far from the top,
# and a logarithm without a high floor would make much of it.
_LEAST = np.array([3.0, 0.05, 3.0], dtype=np.float32)
# Users whose tastes tell how likely the mean item is.
_ASKED = 200


@dataclass(frozen=True)
class PartsSettings:
    """What tunes the parts.

    Attributes:
        memory, trend: half-lives in days of a liking and of everything else; `inf`: nothing fades.
        regularization, following_regularization: of the two linear parts.
        evidence: users that weigh as much as an item's text.
        als: of the factorisation.
    """

    memory: float
    trend: float
    regularization: float
    following_regularization: float
    evidence: float
    als: AlsSettings


@dataclass(frozen=True)
class Parts:
    """All that the hybrid has learned but for the weights. Read-only.

    Attributes:
        together: matrix of EASE. Shape: (items, items), or (0, 0) beyond `CAP` items
        following: matrix of what comes next. Shape: as `together`
        bias: what comes next for a stranger. Shape: (items,)
        text: kernel over texts and words.
        foldin: factors, drawn toward the texts.
        say: W: text to factors. Shape: (text width, factors)
        shared: what is said to everybody: lately, popular, fresh. Shape: (3, items)
        floors: added to what goes together, what comes next and the factors before the logarithm; all
            parts but `fresh` are logarithms, so their weighted sum is a logarithmic opinion pool (Genest,
            Zidek 1986). Shape: (3,)
    """

    together: Floats
    following: Floats
    bias: Floats
    text: TextModel
    foldin: FoldIn
    say: Floats
    shared: Floats
    floors: Floats

    @classmethod
    def fit(
        cls, history: History, items: Sequence[Item], settings: PartsSettings, seed: int, texts: TextModel
    ) -> Self:
        """Learn all parts from a history whose items are the catalogue, in its order.

        Args:
            texts: has been fitted on the catalogue.
        """
        likes = strengths(history, settings.memory, settings.trend)
        touched = np.asarray((history.liked > 0).sum(axis=0), dtype=np.float32).ravel()
        prior = TextPrior.of(texts.vectors, touched, settings.evidence)
        factors, mean = factorise(likes, settings.als, seed)
        together = following = np.zeros((0, 0), dtype=np.float32)
        bias = np.zeros(len(items), dtype=np.float32)
        if len(items) <= CAP:
            together = prior.draw(ease_matrix(likes, settings.regularization).T).T
            model = FollowingModel.fit(
                history,
                items,
                FollowingSettings(settings.following_regularization, settings.memory, settings.trend),
                seed,
            )
            following, bias = prior.draw(model.matrix.T).T, prior.draw(model.bias[:, None])[:, 0]
        shared = prior.draw(np.stack(_popular(history, settings.trend)).T).T
        als = settings.als
        foldin = FoldIn(prior.draw(factors), mean, als.regularization, als.alpha)
        parts = cls(
            together, following, bias, texts, foldin, prior.map(factors), shared, np.ones(3, dtype=np.float32)
        )
        rows = [likes[user] for user in np.flatnonzero(np.diff(likes.indptr))[:_ASKED]]
        asked = [Known(row.indices.astype(np.int64), row.data) for row in rows]
        likely = [np.maximum(parts._likely(have), 0).mean(axis=1) for have in asked]
        typical = np.mean(likely, axis=0) if likely and len(items) else np.zeros(3)
        return replace(parts, floors=(_LEAST * typical + 1e-9).astype(np.float32))

    def values(self, taste: Taste, have: Known) -> Floats:
        """Return what each part says of each item. Shape: (parts, items)"""
        said = self.text.words_vector(taste.words) if taste.words.strip() else None
        words = said @ self.say if said is not None and len(self.say) else None
        together, following, factors = np.log(np.maximum(self._likely(have, words), 0) + self.floors[:, None])
        found: Floats = np.stack(
            [together, following, self.text.scores_of(have, taste.words), factors, *self.shared]
        )
        return found

    def _likely(self, have: Known, words: Floats | None = None) -> Floats:
        """Return how likely each item is by the three parts that have floors. Shape: (3, items)"""
        together = have.scaled @ self.together[have.places] if len(self.together) else self.nothing
        following = have.scaled @ self.following[have.places] if len(self.following) else self.nothing
        return np.stack(
            [together, self.bias + following, self.foldin.factors @ self.foldin.user(have, words)]
        )

    def guess(self, have: Known, place: int, weights: Floats) -> Floats:
        """Return about how much each known item adds to the score of the item at `place`. Shape: (known,)"""
        found: Floats = weights[3] * self.foldin.influence(have, place)
        for weight, part in (
            (weights[2], self.text.likeness(have.places, place)),
            *self._columns(have, place, weights),
        ):
            found = found + weight * have.values * part / max(float(np.abs(have.values * part).sum()), 1e-9)
        return found

    def _columns(self, have: Known, place: int, weights: Floats) -> list[tuple[float, Floats]]:
        return [
            (float(weight), matrix[have.places, place])
            for weight, matrix in zip(weights, (self.together, self.following), strict=False)
            if len(matrix)
        ]

    @cached_property
    def nothing(self) -> Floats:
        """What a part says that isn't there. Shape: (items,)"""
        return np.zeros(len(self.foldin.factors), dtype=np.float32)


def _popular(history: History, trend: float) -> tuple[Floats, Floats, Floats]:
    """Return the logarithms of lately and long-time popularity, and how new items are. Shape: (items,) each

    What is popular lately beside what was for long is the trend; an item's newness tells whether it had
    the time to become popular.
    """
    born = np.full(len(history.items), np.inf)
    np.minimum.at(born, history.item_at, history.at)
    age = np.maximum(history.now - born, 0) / DAY
    fresh = np.where(np.isfinite(born), np.exp2(-age / (trend * _LONG)), 0)
    lately, popular = (np.log(popularity(history, trend * share) + _PRIOR_COUNT) for share in (_SHORT, _LONG))
    return lately, popular, fresh.astype(np.float32)
