"""Histories, what is held back of them, and how lists are judged, on events that can be counted by hand."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
import scipy.sparse as sp

from lam.recommend.evaluation import Task, coverage, interval, ndcg_at, recall_at, top
from lam.recommend.history import DAY, History
from lam.recommend.holdout import at_time, first_likings, held_out, shortened, strangers
from lam.recommend.models.tastes import known, last_liked, strengths
from lam.recommend.types import Taste

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


def day(number: float) -> datetime:
    return NOON + timedelta(days=number)


ROWS = [
    ("ann", "a", 1.0, day(0)), ("ann", "b", 1.0, day(1)), ("ann", "a", 2.0, day(2)),
    ("ann", "c", 1.0, day(8)), ("ann", "d", -1.0, day(3)), ("bob", "b", 1.0, day(1)),
    ("bob", "c", 1.0, day(9)), ("eve", "a", 1.0, day(10)),
]  # fmt: skip


@pytest.fixture
def history() -> History:
    return History.from_rows(ROWS, ["z", "a"])


def test_the_catalogue_comes_first(history: History) -> None:
    assert history.items == ("z", "a", "b", "c", "d")
    assert history.users == ("ann", "bob", "eve")


def test_events_of_a_pair_add_up_in_any_order(history: History) -> None:
    shuffled = History.from_rows(ROWS[::-1], ["z", "a"])
    assert (history.liked != shuffled.liked).nnz == 0
    assert history.liked[0].toarray().tolist() == [[0, 3, 1, 1, 0]]
    assert history.rejected[0].toarray().tolist() == [[0, 0, 0, 0, 1]]


def test_a_taste_counts_ages_from_now(history: History) -> None:
    taste = history.taste("ann", day(12))
    assert taste == Taste({"a": 3.0, "b": 1.0, "c": 1.0}, {"d": 1.0}, ages={"a": 10.0, "b": 11.0, "c": 4.0})
    assert history.taste("nobody") == Taste()


def test_an_event_of_the_future_has_no_age(history: History) -> None:
    assert history.taste("eve", day(1)).ages == {"a": 0.0}


def test_what_fades_halves(history: History) -> None:
    assert history.decayed(4.0)[2].toarray().tolist() == [[0, 1, 0, 0, 0]]
    assert history.decayed(4.0)[1, 3] == pytest.approx(2**-0.25)


@pytest.mark.parametrize("weight", [0.0, float("nan"), float("inf")])
def test_a_weight_that_is_no_weight_is_refused(weight: float) -> None:
    with pytest.raises(ValueError, match="Event 0: expected a finite weight"):
        History.from_rows([("a", "x", weight, NOON)])


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="Expected times with a zone"):
        History.from_rows([("a", "x", 1.0, NOON.replace(tzinfo=None))])


def test_arrays_that_do_not_fit_are_refused(history: History) -> None:
    with pytest.raises(ValueError, match="as many users, items"):
        replace(history, at=history.at[1:])
    with pytest.raises(ValueError, match="item indices below 5"):
        replace(history, item_at=history.item_at + 1)


def test_strengths_fade_twice_and_never_reach_two(history: History) -> None:
    plain = strengths(history)
    assert plain[0, 1] == pytest.approx(1.5)
    assert strengths(History.from_rows([("u", "i", 1.0, NOON)] * 999)).max() < 2
    faded = strengths(history, memory=6.0, trend=2.0)
    assert faded[0, 1] == pytest.approx(1.5 * 2**-1 * 2**-1)  # 6 days before ann's newest, which is 2 old
    assert faded[2, 1] == pytest.approx(1.0)


def test_what_is_rejected_is_not_liked() -> None:
    history = History.from_rows([("u", "i", 1.0, day(0)), ("u", "j", 1.0, day(1)), ("u", "i", -1.0, day(2))])
    assert strengths(history).toarray().tolist() == [[0, 1]]
    assert known(history.taste("u"), {"i": 0, "j": 1}).values.tolist() == [1, -1]


def test_of_many_likings_the_weightiest_and_then_the_newest_count() -> None:
    taste = Taste({"a": 1.0, "b": 1.0, "c": 9.0}, ages={"a": 5.0, "b": 1.0, "c": 7.0})
    assert set(known(taste, {"a": 0, "b": 1, "c": 2}, most=2).places) == {1, 2}


def test_last_likings_keep_the_pattern(history: History) -> None:
    last = last_liked(history)
    assert np.array_equal(last.indices, history.liked.indices)
    assert last[0, 1] == day(2).timestamp()


def test_a_cut_in_time(history: History) -> None:
    train, task = at_time(history, day(5).timestamp())
    assert train.now == day(3).timestamp()
    assert task.wanted.toarray().tolist() == [[0, 0, 0, 1, 0], [0, 0, 0, 1, 0]]  # eve had nothing before
    assert task.tastes[0].ages["a"] == 3.0
    assert (task.hidden.multiply(task.wanted)).nnz == 0


def test_the_last_items_of_each() -> None:
    rows = [("u", f"i{number}", 1.0, day(number)) for number in range(10)]
    rows.append(("u", "i9", 1.0, day(9.5)))
    train, task = held_out(History.from_rows([*rows, ("few", "i1", 1.0, NOON)]), "last", 0.2)
    assert set(task.tastes[0].liked) == {f"i{number}" for number in range(8)}
    assert task.wanted.nnz == 2
    assert train.liked.nnz == 9


def test_strangers_are_unknown_to_the_model() -> None:
    rows = [(f"u{user}", f"i{number}", 1.0, day(number)) for user in range(20) for number in range(5)]
    train, task = held_out(History.from_rows(rows), "users", 0.25, seed=1, revealed=2)
    assert len(np.unique(train.user_at)) == 15
    assert [set(taste.liked) for taste in task.tastes] == [{"i0", "i1"}] * 5
    # Taken out twice with one seed, they are others: those who are left.
    again, inner = held_out(train, "users", 0.25, seed=1)
    assert len(np.unique(again.user_at)) == 11
    assert len(inner.tastes) == 4


def test_too_few_likings_to_reveal() -> None:
    assert not strangers(History.from_rows(ROWS), revealed=3).tastes


def test_first_likings_are_in_the_order_of_time(history: History) -> None:
    _, items = first_likings(history, 0)
    assert [history.items[item] for item in items] == ["a", "b", "c"]


def test_a_taste_is_cut_to_its_newest() -> None:
    taste = Taste({"old": 1.0, "new": 1.0}, ages={"old": 9.0, "new": 1.0})
    assert set(shortened(taste, 1).liked) == {"new"}


def test_lists_leave_out_what_is_hidden() -> None:
    hidden = sp.csr_matrix([[0, 1, 0], [1, 1, 0]], dtype=np.float32)
    lists = top(np.array([[1.0, 9.0, 1.0], [3.0, 2.0, 1.0]]), hidden, 3)
    assert lists.tolist() == [[0, 2, -1], [2, -1, -1]]
    assert coverage(lists, 3) == pytest.approx(2 / 3)


def test_gains_by_hand() -> None:
    wanted = sp.csr_matrix([[1, 0, 1, 0], [0, 1, 0, 0]], dtype=np.float32)
    lists = np.array([[2, 1, 0], [0, 2, 3]])
    ideal = 1 + 1 / np.log2(3)
    assert ndcg_at(lists, wanted).tolist() == pytest.approx([(1 + 0.5) / ideal, 0.0])
    assert recall_at(lists, wanted).tolist() == [1.0, 0.0]


def test_the_interval_covers_the_mean() -> None:
    values = np.random.default_rng(1).normal(0.3, 1, 4000)
    low, high = interval(values)
    assert low < values.mean() < high
    assert high - low == pytest.approx(2 * 1.96 / np.sqrt(4000), rel=0.15)


def test_a_task_without_a_wish_is_refused() -> None:
    empty = sp.csr_matrix((1, 2), dtype=np.float32)
    with pytest.raises(ValueError, match="want at least one item"):
        Task([Taste()], empty, empty)
    with pytest.raises(ValueError, match="as many tastes"):
        Task([], empty, empty)


def test_a_day_has_its_seconds() -> None:
    assert day(1).timestamp() - day(0).timestamp() == DAY
