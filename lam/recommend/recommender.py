"""The recommender as others use it: a model, the rules, the ranking, and reasons that are true."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import cached_property
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from lam.recommend.events import Interaction
from lam.recommend.history import History
from lam.recommend.models.base import Encode, ModelError, RecommenderModel
from lam.recommend.policy import Policy
from lam.recommend.ranking import candidates, ranked
from lam.recommend.rules import Eligibility, Mask, Profile
from lam.recommend.types import Item, Reason, Recommendation, Taste

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Recommender:
    """Read-only; threads may share it. Make one with `fit`, or of a model that was loaded.

    Attributes:
        model: fitted on the catalogue, so its first items are these.
        items: the catalogue.
        rules: those of this catalogue.

    Raises:
        ValueError: the model was fitted on another catalogue.
    """

    model: RecommenderModel
    items: Sequence[Item]
    rules: Eligibility
    policy: Policy

    def __post_init__(self) -> None:
        ids = tuple(item.id for item in self.items)
        if self.model.items[: len(ids)] != ids:
            raise ValueError(
                f"Expected a model of these {len(ids)} items, found one of others. Fit it on this catalogue."
            )

    @classmethod
    def fit(
        cls,
        history: History,
        items: Sequence[Item],
        rules: Eligibility,
        policy: Policy | None = None,
        seed: int = 0,
        encode: Encode | None = None,
    ) -> Self:
        """Fit the policy's model on a history.

        Args:
            encode: turns texts into vectors; without it texts and words say nothing.

        Raises:
            ModelError: the model can't be made of these, or there is none of this name.
        """
        from lam.recommend.models import MODELS

        policy = policy or Policy()
        if policy.model not in MODELS:
            raise ModelError(f"Expected a model among {', '.join(MODELS)}, found {policy.model!r}.")
        model = MODELS[policy.model].fit(history, items, seed=seed, encode=encode)
        return cls(model, items, rules, policy)

    def recommend(
        self, taste: Taste, profile: Profile, count: int, now: datetime, seed: int | Sequence[int] = 0
    ) -> list[Recommendation]:
        """Return the best eligible items, best first; fewer or none where fewer are eligible.

        What the taste likes already may come again where the rules allow it; what it rejects never does.

        Args:
            count: at most so many.
            seed: of what is drawn; the same seed, the same list.
        """
        scores = self.model.scores(taste)
        age = (now.timestamp() - self._begins) / _DAY.total_seconds()
        eligible = self.rules.mask(profile) & (age >= 0)
        eligible[[self.model.places[one] for one in taste.rejected if self._sold(one)]] = False
        shown = np.zeros(len(self.items))
        for item, times in profile.shown.items():
            if self._sold(item):
                shown[self.model.places[item]] = times
        found = candidates(
            scores[: len(self.items)], eligible, self.model.vectors[: len(self.items)],
            age <= self.policy.new_days, shown, self.policy.ranking,
        )  # fmt: skip
        chosen = list(ranked(found, self.policy.ranking, count, seed))
        because = self._cited(taste, [one.item for one in chosen], eligible)
        return [
            Recommendation(self.items[one.item].id, float(scores[one.item]), why, one.propensity)
            for one, why in zip(chosen, because, strict=True)
        ]

    def why(self, taste: Taste, item: str) -> tuple[Reason, ...]:
        """Return all of the model's reasons for an item, the weightiest first; without one its score falls.

        Raises:
            KeyError: the model doesn't know the item.
        """
        return self.model.contributions(taste, item)

    def _cited(self, taste: Taste, chosen: Sequence[int], eligible: Mask) -> list[tuple[Reason, ...]]:
        """Return for each item of a list the reasons that count.

        Where all that the user's taste adds is little beside what it adds to others of the list, and a
        stranger would be shown the item, too, it is there because it is popular.
        """
        reasons = [self.why(taste, self.items[item].id) for item in chosen]
        heaviest = [
            max((why.weight for why in every if why.kind != "popular"), default=0.0) for every in reasons
        ]
        stranger = np.where(eligible, self.model.scores(Taste())[: len(self.items)], -np.inf)
        told: list[tuple[Reason, ...]] = []
        for item, every, most in zip(chosen, reasons, heaviest, strict=True):
            anyway = int((stranger > stranger[item]).sum()) < len(chosen)
            if most == 0 or (anyway and most < self.policy.cited * max(heaviest)):
                told.append((Reason("popular", weight=float(stranger[item])),))
            else:
                told.append(tuple(why for why in every if why.weight >= self.policy.cited * most))
        return told

    def _sold(self, item: str) -> bool:
        return self.model.places.get(item, len(self.items)) < len(self.items)

    @cached_property
    def _begins(self) -> npt.NDArray[np.float64]:
        """From when on each item is available, in seconds since 1970; -inf where nothing is said."""
        return np.array([_begin(item.attributes.get("available_from")) for item in self.items], dtype=float)


def _begin(value: Any) -> float:
    """Read a date or a time of an item's attributes; without a zone it is UTC."""
    if value is None:
        return float("-inf")
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if not isinstance(value, datetime):
        value = datetime.combine(value, time(), UTC)
    aware: datetime = value if value.tzinfo else value.replace(tzinfo=UTC)
    return aware.timestamp()


def shown_in_vain(events: Sequence[Interaction], now: datetime, remember_days: float) -> dict[str, float]:
    """Return how often each item was shown lately without being taken; a showing halves with its age.

    Whatever else a user does with an item, also rejecting it, says more than the showings before it.

    Args:
        events: of one user.
        remember_days: after so long a showing counts half.
    """
    times: dict[str, float] = {}
    for one in sorted(events, key=lambda event: event.at):
        if one.kind != "impression":
            times.pop(one.item, None)
        else:
            age = max((now - one.at) / _DAY, 0.0)
            times[one.item] = times.get(one.item, 0.0) + 0.5 ** (age / remember_days)
    return times
