"""The ranking's probabilities are those with which it really draws, and its wishes are heard."""

from collections import Counter
from itertools import permutations

import numpy as np
import pytest

from lam.recommend.ranking import Candidates, RankingSettings, candidates, policy, ranked

SETTINGS = RankingSettings(pool=4, explore=0.3, discover=0.1, temperature=0.3)
PLAIN = RankingSettings(explore=0, discover=0, diversity=0, weariness=0)


def drawn(settings: RankingSettings = SETTINGS, items: int = 7) -> Candidates:
    """Candidates among seven items, of which one is new and one out."""
    random = np.random.default_rng(3)
    eligible, new = np.ones(items, dtype=bool), np.zeros(items, dtype=bool)
    eligible[2], new[5] = False, True
    scores, vectors = random.random(items), random.random((items, 3)).astype(np.float32)
    scores[5] = -9
    return candidates(scores, eligible, vectors, new, np.zeros(items), settings)


def test_every_list_is_as_frequent_as_its_propensities_say() -> None:
    found, draws = drawn(), 30_000
    counts: Counter[tuple[int, ...]] = Counter()
    told: dict[tuple[int, ...], float] = {}
    for seed in range(draws):
        choices = list(ranked(found, SETTINGS, 2, seed))
        key = tuple(one.item for one in choices)
        counts[key] += 1
        probability = float(np.prod([one.propensity for one in choices]))
        assert told.setdefault(key, probability) == pytest.approx(probability)
    for key, probability in told.items():
        error = 5 * np.sqrt(probability * (1 - probability) / draws) + 1e-4
        assert abs(counts[key] / draws - probability) < error, key


def test_the_probabilities_of_all_lists_sum_to_one() -> None:
    found = drawn()
    total = 0.0
    for above in permutations(range(len(found.items)), 2):
        first = policy(found, SETTINGS, [])[above[0]]
        total += first * policy(found, SETTINGS, above[:1])[above[1]]
    assert total == pytest.approx(1)


def test_what_has_a_place_has_no_other() -> None:
    found = drawn()
    for seed in range(300):
        items = [one.item for one in ranked(found, SETTINGS, 99, seed)]
        assert len(items) == len(set(items)) == len(found.items)
        assert 2 not in items


def test_a_new_item_has_its_chance_whatever_its_score() -> None:
    found = drawn()
    assert policy(found, SETTINGS, [])[list(found.items).index(5)] >= SETTINGS.discover


def test_without_exploration_the_best_come_first_and_surely() -> None:
    scores = np.array([3.0, 9, 1, 7])
    found = candidates(
        scores, np.ones(4, bool), np.zeros((4, 1), np.float32), np.zeros(4, bool), np.zeros(4), PLAIN
    )
    choices = list(ranked(found, PLAIN, 4, 0))
    assert [one.item for one in choices] == [1, 3, 0, 2]
    assert {one.propensity for one in choices} == {1.0}


def test_diversity_puts_another_kind_second() -> None:
    vectors = np.array([[1, 0], [1, 0.01], [0, 1]], dtype=np.float32)
    scores, no = np.array([1.0, 0.95, 0.5]), np.zeros(3, dtype=bool)
    for diversity, second in ((0.0, 1), (0.6, 2)):
        wish = RankingSettings(explore=0, discover=0, diversity=diversity)
        found = candidates(scores, ~no, vectors, no, np.zeros(3), wish)
        assert [one.item for one in ranked(found, wish, 2, 0)] == [0, second]


def test_what_was_shown_in_vain_makes_room() -> None:
    scores, no = np.array([1.0, 0.9, 0.1]), np.zeros(3, dtype=bool)
    wish = RankingSettings(explore=0, discover=0, diversity=0, weariness=0.2)
    for times, first in ((0.0, 0), (1.0, 1)):
        found = candidates(scores, ~no, np.zeros((3, 1), np.float32), no, np.array([times, 0, 0]), wish)
        assert next(ranked(found, wish, 1, 0)).item == first


def test_equal_scores_go_by_the_order_of_the_catalogue() -> None:
    no = np.zeros(50, dtype=bool)
    found = candidates(np.zeros(50), ~no, np.zeros((50, 1), np.float32), no, np.zeros(50), PLAIN)
    assert [one.item for one in ranked(found, PLAIN, 3, 0)] == [0, 1, 2]


def test_nothing_eligible_makes_an_empty_list() -> None:
    no = np.zeros(3, dtype=bool)
    found = candidates(np.zeros(3), no, np.zeros((3, 1), np.float32), ~no, np.zeros(3), SETTINGS)
    assert list(ranked(found, SETTINGS, 3, 0)) == []


@pytest.mark.parametrize(
    "wrong", [{"pool": 0}, {"diversity": 1.0}, {"explore": 0.6, "discover": 0.4}, {"explore": -0.1},
              {"temperature": 0.0}, {"weariness": -1.0}],
)  # fmt: skip
def test_settings_that_mean_nothing_are_refused(wrong: dict) -> None:
    with pytest.raises(ValueError, match="Expected"):
        RankingSettings(**wrong)
