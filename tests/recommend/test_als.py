"""The recommender on data with an obvious answer: evens like evens, odds like odds."""

import pytest

from lam.recommend import Recommender


@pytest.fixture(scope="module")
def checker_board() -> Recommender:
    """Forty users, twelve items; each user likes the items of the own parity, but for one."""
    rows = [
        (f"u{user}", f"i{item}", 1.0)
        for user in range(40)
        for item in range(12)
        if user % 2 == item % 2 and item // 2 != user // 2 % 6
    ]
    return Recommender.fit(rows)


def test_evens_like_evens(checker_board: Recommender) -> None:
    for user in range(40):
        missing = f"i{2 * (user // 2 % 6) + user % 2}"
        assert checker_board.recommend(f"u{user}", 1)[0].item == missing


def test_the_reason_is_one_of_the_users_own_items(checker_board: Recommender) -> None:
    for one in checker_board.recommend("u0", 3):
        assert one.because
        assert all(int(item[1:]) % 2 == 0 for item in one.because)


def test_known_and_excluded_items_never_appear(checker_board: Recommender) -> None:
    found = {one.item for one in checker_board.recommend("u0", 99, exclude={"i1"})}
    assert found.isdisjoint({"i1", "i2", "i4", "i6", "i8", "i10"})


def test_a_stranger_gets_what_is_popular() -> None:
    recommender = Recommender.fit([("a", "x", 1), ("b", "x", 1), ("b", "y", 1), ("c", "z", 9)])
    found = recommender.recommend("nobody", 2)
    assert [one.item for one in found] == ["x", "y"]
    assert not any(one.because for one in found)


def test_same_rows_same_answer(checker_board: Recommender) -> None:
    rows = [(f"u{user}", f"i{item}", 1.0) for user in range(9) for item in range(9) if (user + item) % 3]
    one, other = Recommender.fit(rows), Recommender.fit(rows)
    assert one.recommend("u1", 5) == other.recommend("u1", 5)


def test_nothing_to_learn_from() -> None:
    assert Recommender.fit([]).recommend("anybody", 3) == []


@pytest.mark.parametrize("weight", [0.0, -1.0, float("nan"), float("inf")])
def test_a_weight_that_is_no_weight_is_refused(weight: float) -> None:
    with pytest.raises(ValueError, match="Expected a weight above 0"):
        Recommender.fit([("a", "x", weight)])
