"""The same list for everybody: what many people like, lately."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt

from lam.recommend.history import DAY, History
from lam.recommend.models.base import Encode, Floats, ModelSettings, RecommenderModel, catalogue
from lam.recommend.models.tastes import last_liked
from lam.recommend.types import Item, Taste


@dataclass(frozen=True)
class PopularitySettings(ModelSettings):
    """How fast popularity fades: days after which a liking counts half."""

    half_life: float = 30.0


class PopularityModel(RecommenderModel):
    """Counts the users who like an item, each by the age of that user's last liking.

    A user counts at most once for an item, however often it was bought.
    """

    name: ClassVar[str] = "popularity"
    settings_class: ClassVar[type[ModelSettings]] = PopularitySettings

    def __init__(self, items: Sequence[str], settings: PopularitySettings, counts: Floats) -> None:
        super().__init__(items, settings)
        self._counts = counts

    @classmethod
    def fit(
        cls,
        history: History,
        items: Sequence[Item],
        settings: PopularitySettings | None = None,
        seed: int = 0,
        encode: Encode | None = None,
    ) -> Self:
        settings = settings or PopularitySettings()
        every, places = catalogue(history, items)
        counts = np.zeros(len(every), dtype=np.float32)
        counts[places] = popularity(history, settings.half_life)
        return cls([item.id for item in every], settings, counts)

    def scores(self, taste: Taste) -> Floats:
        return self._counts.copy()

    def _suspects(self, taste: Taste, place: int) -> list[tuple[str, str]]:
        return []

    def _arrays(self) -> Mapping[str, npt.NDArray[Any]]:
        return {"counts": self._counts}

    @classmethod
    def _restore(
        cls,
        items: Sequence[str],
        settings: Any,
        arrays: Mapping[str, npt.NDArray[Any]],
        encode: Encode | None,
    ) -> Self:
        return cls(items, settings, arrays["counts"])


def popularity(history: History, half_life: float) -> Floats:
    """Return each item's users, faded by the age of their last liking. Shape: (items,)

    Args:
        half_life: in days, counted back from the history's last event; `inf`: nothing fades.
    """
    last = last_liked(history)
    last.data = np.exp2(-(history.now - last.data) / DAY / half_life)
    return np.asarray(last.sum(axis=0), dtype=np.float32).ravel()
