"""The recommender on data with an obvious answer: evens like evens, odds like odds."""

from datetime import UTC, datetime

import pytest

from lam.recommend import Eligibility, Item, Policy, Profile, Recommendation, Recommender
from lam.recommend.history import History
from lam.recommend.models.als import AlsModel, AlsSettings
from lam.recommend.models.base import RecommenderModel
from lam.recommend.models.popularity import PopularityModel
from lam.recommend.ranking import RankingSettings

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
PLAIN = Policy(ranking=RankingSettings(explore=0, discover=0, diversity=0))


def served(model: RecommenderModel) -> Recommender:
    """The model without rules, exploration and diversity."""
    items = [Item(one) for one in model.items]
    return Recommender(model, items, Eligibility(items), PLAIN)


class Shop:
    """A recommender with the history that it learned from."""

    def __init__(self, rows: list[tuple[str, str, float]]) -> None:
        self.history = History.from_rows([(*row, NOON) for row in rows])
        self.recommender = served(AlsModel.fit(self.history, [], AlsSettings(factors=4, regularization=1.0)))

    def recommend(self, user: str, count: int, hidden: frozenset[str] = frozenset()) -> list[Recommendation]:
        """What a user gets who holds what was liked."""
        taste = self.history.taste(user)
        return self.recommender.recommend(taste, Profile({}, frozenset(taste.liked), hidden), count, NOON)


@pytest.fixture(scope="module")
def checker_board() -> Shop:
    """Forty users, twelve items; each user likes the items of the own parity, but for one."""
    return Shop([
        (f"u{user}", f"i{item}", 1.0)
        for user in range(40)
        for item in range(12)
        if user % 2 == item % 2 and item // 2 != user // 2 % 6
    ])  # fmt: skip


def test_evens_like_evens(checker_board: Shop) -> None:
    for user in range(40):
        missing = f"i{2 * (user // 2 % 6) + user % 2}"
        assert checker_board.recommend(f"u{user}", 1)[0].item == missing


def test_the_reason_is_one_of_the_users_own_items(checker_board: Shop) -> None:
    (best,) = checker_board.recommend("u0", 1)
    assert best.because
    assert all(int(one.item[1:]) % 2 == 0 for one in best.because)


def test_known_and_excluded_items_never_appear(checker_board: Shop) -> None:
    found = {one.item for one in checker_board.recommend("u0", 99, frozenset({"i1"}))}
    assert found.isdisjoint({"i1", "i2", "i4", "i6", "i8", "i10"})


def test_a_stranger_gets_what_is_popular() -> None:
    rows = [("a", "x", 1.0), ("b", "x", 1.0), ("b", "y", 1.0), ("c", "z", 9.0)]
    recommender = served(PopularityModel.fit(History.from_rows([(*row, NOON) for row in rows]), []))
    found = recommender.recommend(History.from_rows([]).taste("nobody"), Profile(), 2, NOON)
    assert [one.item for one in found] == ["x", "y"]
    assert {why.kind for one in found for why in one.because} == {"popular"}


def test_same_rows_same_answer() -> None:
    rows = [(f"u{user}", f"i{item}", 1.0) for user in range(9) for item in range(9) if (user + item) % 3]
    assert Shop(rows).recommend("u1", 5) == Shop(rows).recommend("u1", 5)


def test_nothing_to_learn_from() -> None:
    assert Shop([]).recommend("anybody", 3) == []


@pytest.mark.parametrize("weight", [0.0, float("nan"), float("inf")])
def test_a_weight_that_is_no_weight_is_refused(weight: float) -> None:
    with pytest.raises(ValueError, match="expected a finite weight other than 0"):
        Shop([("a", "x", weight)])
