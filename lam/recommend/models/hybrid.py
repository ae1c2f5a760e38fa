"""The default: all that is known of items and users together, weighed by what has proved right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt

from lam.recommend.evaluation import Task
from lam.recommend.history import History
from lam.recommend.holdout import Split, held_out, shortened
from lam.recommend.models.als import AlsSettings
from lam.recommend.models.base import Encode, Floats, ModelSettings, RecommenderModel, catalogue
from lam.recommend.models.climb import climb
from lam.recommend.models.foldin import FoldIn
from lam.recommend.models.parts import PERSONAL, START, Parts, PartsSettings
from lam.recommend.models.stack import Weights, fit_weights, scales_of
from lam.recommend.models.tastes import known
from lam.recommend.models.text import TextModel, TextSettings
from lam.recommend.types import Item, Taste

# Numbers that the weights are learned from, users · parts · items: 200 MB.
_MOST_NUMBERS = 50_000_000
# Likings beside which the user's words count half as much as a stranger's.
_TALKED = 5.0
# Likings that a call counts with, the weightiest: so it takes a millisecond, however long a history is.
_MOST = 100
# Users with something held back without whom weights aren't learned, and the split that is tried next.
_FEWEST = 10
_SECOND: Split = "last"
# Users whose tastes tell the scales of the parts where no weights are learned.
_FOR_SCALES = 200
# Likings that tastes are cut to, so that weights for short histories are learned too.
_SHORT = (1, 2, 3, 5, 10)


@dataclass(frozen=True)
class HybridSettings(ModelSettings):
    """What tunes the hybrid; what its parts weigh is learned.

    Attributes:
        memory: days after which a liking counts half.
        trend: days after which anything from the past counts half, for the world changes.
        regularization: of the part that tells what goes together (EASE).
        following_regularization: of the part that tells what comes next.
        factors, factor_regularization, alpha: of the factorisation.
        power, words, epochs: of the text model.
        said: how far a stranger's words move the list: an item whose text is one standard deviation more
            like them gains so many standard deviations of a stranger's scores. No history holds words to
            learn it from. It counts half with five likings.
        evidence: users that weigh as much as an item's text does.
        split, share: what is held back to learn the weights from (`lam.recommend.holdout`).
    """

    memory: float = 90.0
    trend: float = 90.0
    regularization: float = 100.0
    following_regularization: float = 30.0
    factors: int = 64
    factor_regularization: float = 10.0
    alpha: float = 1.0
    power: float = 6.0
    words: float = 2.0
    epochs: int = 0
    said: float = 4.0
    evidence: float = 1.0
    split: Split = "time"
    share: float = 0.15

    @property
    def parts(self) -> PartsSettings:
        """Those of the parts."""
        als = AlsSettings(self.factors, self.factor_regularization, self.alpha)
        return PartsSettings(
            self.memory, self.trend, self.regularization, self.following_regularization, self.evidence, als
        )


class HybridModel(RecommenderModel):
    """score = sum of the parts' logarithms, each times a weight that was learned on what was held back.

    The parts: what goes together (EASE), what comes next (a ridge regression), what texts are alike, the
    factorisation's fold-in, and what is popular, lately popular and new. The weights of a stranger and of
    somebody with a rich history differ; between them they go over as the history grows.
    """

    name: ClassVar[str] = "hybrid"
    settings_class: ClassVar[type[ModelSettings]] = HybridSettings

    def __init__(
        self, items: Sequence[str], settings: HybridSettings, parts: Parts, weights: Weights
    ) -> None:
        super().__init__(items, settings)
        self._memory = settings.memory
        self._parts, self.weights = parts, weights
        stranger = weights.at(0)[4:] @ parts.shared
        self._said = np.float32(settings.said * stranger.std()) if len(items) else np.float32(0)

    @classmethod
    def fit(
        cls,
        history: History,
        items: Sequence[Item],
        settings: HybridSettings | None = None,
        seed: int = 0,
        encode: Encode | None = None,
    ) -> Self:
        settings = settings or HybridSettings()
        every, places = catalogue(history, items)
        ids = tuple(item.id for item in every)
        whole = replace(history, items=ids, item_at=places[history.item_at].astype(np.int32))
        text_settings = TextSettings(settings.power, settings.words, settings.memory, settings.epochs)
        texts = TextModel.fit(whole, every, text_settings, seed, encode)
        weights = _learn_weights(whole, every, settings, seed, texts)
        return cls(ids, settings, Parts.fit(whole, every, settings.parts, seed, texts), weights)

    def scores(self, taste: Taste) -> Floats:
        have = known(taste, self.places, self._memory, _MOST)
        found: Floats = self.weights.at(have.likings) @ self._parts.values(taste, have)
        if taste.words.strip():
            found = found + self._said / (1 + have.likings / _TALKED) * self._parts.text.spoken(taste.words)
        return found

    @property
    def vectors(self) -> Floats:
        """The items' factors and texts, side by side, both of length 1. Shape: (items, width)"""
        factors = self._parts.foldin.factors
        lengths = np.maximum(np.linalg.norm(factors, axis=1, keepdims=True), 1e-9)
        return np.hstack([factors / lengths, self._parts.text.vectors])

    @property
    def foldin(self) -> FoldIn:
        """The items' factors, and how a taste becomes a user's."""
        return self._parts.foldin

    def _suspects(self, taste: Taste, place: int) -> list[tuple[str, str]]:
        have = known(taste, self.places, self._memory, _MOST)
        parts = self._parts.guess(have, place, self.weights.at(have.likings))
        order = [("item", self.items[have.places[at]]) for at in np.argsort(-parts) if have.values[at] > 0]
        return [*([("words", "")] if taste.words.strip() else []), *order]

    def _arrays(self) -> Mapping[str, npt.NDArray[Any]]:
        parts = self._parts
        return {
            "together": parts.together, "following": parts.following, "bias": parts.bias,
            "floors": parts.floors,
            "factors": parts.foldin.factors,
            "mean": parts.foldin.mean, "say": parts.say, "shared": parts.shared,
            "new": self.weights.new, "rich": self.weights.rich, "scales": self.weights.scales,
            **{f"text_{key}": value for key, value in parts.text._arrays().items()},
        }  # fmt: skip

    @classmethod
    def _restore(
        cls,
        items: Sequence[str],
        settings: Any,
        arrays: Mapping[str, npt.NDArray[Any]],
        encode: Encode | None,
    ) -> Self:
        text_settings = TextSettings(settings.power, settings.words, settings.memory, settings.epochs)
        texts = {key.removeprefix("text_"): value for key, value in arrays.items() if key.startswith("text_")}
        foldin = FoldIn(arrays["factors"], arrays["mean"], settings.factor_regularization, settings.alpha)
        parts = Parts(
            arrays["together"], arrays["following"], arrays["bias"],
            TextModel._restore(items, text_settings, texts, encode), foldin, arrays["say"], arrays["shared"],
            arrays["floors"],
        )  # fmt: skip
        return cls(items, settings, parts, Weights(arrays["new"], arrays["rich"], arrays["scales"]))


def _learn_weights(
    history: History, items: Sequence[Item], settings: HybridSettings, seed: int, texts: TextModel
) -> Weights:
    """Learn the parts on what isn't held back, and their weights on what is.

    Where the split leaves too few users to learn from, each user's last likings are tried; where these do
    too, the weights are those that we begin with, on the scales that the parts have.
    """
    for split in dict.fromkeys((settings.split, _SECOND)):
        train, task = held_out(history, split, settings.share, seed)
        if len(task.tastes) >= _FEWEST:
            parts = Parts.fit(train, items, settings.parts, seed, texts)
            tastes, rows = _sample(task, len(items), seed)
            values, likings = _values(parts, items, tastes, settings.memory)
            wanted, hidden = task.wanted[rows], task.hidden[rows]
            weights = fit_weights(values, likings, wanted, hidden, PERSONAL, START)
            return climb(weights, values, likings, wanted, hidden, seed)
    parts = Parts.fit(history, items, settings.parts, seed, texts)
    users = np.unique(history.user_at)[:_FOR_SCALES]
    tastes = [history.taste_at(int(user), history.now) for user in users] or [Taste()]
    return Weights(START, START, scales_of(_values(parts, items, tastes, settings.memory)[0]))


def _values(
    parts: Parts, items: Sequence[Item], tastes: Sequence[Taste], memory: float
) -> tuple[Floats, list[int]]:
    """Return what the parts say for tastes, and how many likings each has. Shape: (tastes, parts, items)"""
    places = {item.id: place for place, item in enumerate(items)}
    have = [known(taste, places, memory, _MOST) for taste in tastes]
    values = [parts.values(taste, one) for taste, one in zip(tastes, have, strict=True)]
    return np.stack(values), [one.likings for one in have]


def _sample(task: Task, items: int, seed: int) -> tuple[list[Taste], npt.NDArray[np.int64]]:
    """Return tastes and their rows in the task: each whole and, for every second, cut short as well."""
    generator = np.random.default_rng(seed)
    most = max(1, min(len(task.tastes), _MOST_NUMBERS // (max(items, 1) * len(START)) * 2 // 3))
    rows = np.sort(generator.permutation(len(task.tastes))[:most])
    tastes, chosen = [], []
    for number, row in enumerate(rows):
        tastes.append(task.tastes[row])
        chosen.append(row)
        count = int(generator.choice(_SHORT))
        if number % 2 == 0 and len(task.tastes[row].liked) > count:
            tastes.append(shortened(task.tastes[row], count))
            chosen.append(row)
    return tastes, np.array(chosen, dtype=np.int64)
