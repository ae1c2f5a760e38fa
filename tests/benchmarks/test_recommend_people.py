"""The simulated people, and that what they turn down helps them."""

from datetime import UTC, datetime

import numpy as np
import pytest

from benchmarks.recommend_people import PATIENCE, SHOWN, Person, Policy, people, turns
from lam.recommend.history import History
from lam.recommend.models.als import AlsModel, AlsSettings
from lam.recommend.types import Taste

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
USERS, ITEMS, GROUPS = 300, 80, 4
STATIC, HIDDEN, LEARNED = Policy(clicks=False), Policy(clicks=True), Policy(clicks=True, rejects=3.0)


def basket(rng: np.random.Generator, group: int) -> list[str]:
    """Half of the things of a group, and few others."""
    chance = np.where(np.arange(ITEMS) % GROUPS == group, 0.5, 0.02)
    return [f"i{item:02}" for item in np.flatnonzero(rng.random(ITEMS) < chance)]


@pytest.fixture(scope="module")
def model() -> AlsModel:
    rng = np.random.default_rng(1)
    # The groups differ in size, so that strangers see the largest first.
    groups = rng.choice(GROUPS, size=USERS, p=[0.4, 0.3, 0.2, 0.1])
    rows = [(f"u{user}", item, 1.0, NOON) for user in range(USERS) for item in basket(rng, int(groups[user]))]
    settings = AlsSettings(factors=8, regularization=1.0)
    return AlsModel.fit(History.from_rows(rows), [], settings, seed=1)


def somebody(model: AlsModel, wanted: str) -> Person:
    return Person((), frozenset({wanted}), frozenset(), np.zeros(len(model.items)))


def test_the_best_item_is_accepted_at_once_and_the_next_three_in_the_second_turn(model: AlsModel) -> None:
    best = [model.items[at] for at in np.argsort(-(model.foldin.factors @ model.foldin.mean))]
    assert turns(model, somebody(model, best[0]), STATIC) == 1
    assert turns(model, somebody(model, best[SHOWN]), STATIC) == 2
    assert turns(model, somebody(model, best[-1]), STATIC) == PATIENCE + 1


def test_people_want_what_is_not_known_and_only_what_can_be_shown(model: AlsModel) -> None:
    for one in people([["i01", "i05", "unheard of", "i09", "i13", "i17"]] * 5, model.items, 1, 4, seed=2):
        assert len(one.known) == 1 and len(one.wanted) == 3 and len(one.related) == 1
        assert set(one.known) | one.wanted | one.related == {"i01", "i05", "i09", "i13", "i17"}


def test_learning_from_rejections_finds_what_a_minority_wants_sooner(model: AlsModel) -> None:
    rng = np.random.default_rng(3)
    crowd = people([basket(rng, 3) for _ in range(40)], model.items, 0, 40, seed=4)
    static, hidden, learned = (
        np.mean([turns(model, one, policy) for one in crowd]) for policy in (STATIC, HIDDEN, LEARNED)
    )
    assert learned < hidden and learned < static


def test_a_rejection_says_known_to_be_nothing_and_not_the_opposite_of_a_liking(model: AlsModel) -> None:
    """Preference -1 made all that is like a rejected item vanish, also for who wanted it."""
    before = model.scores(Taste())
    best = int(np.argmax(before))
    after = model.scores(Taste(rejected={model.items[best]: 3.0}))
    assert 0 < after[best] < before[best]
