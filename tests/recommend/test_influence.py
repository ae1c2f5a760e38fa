"""One identity can't make a product popular: the bound holds for any history."""

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lam.recommend.history import History
from lam.recommend.influence import capped

AT = datetime(2026, 11, 1, tzinfo=UTC)
WEIGHTS = st.floats(1e-3, 1e6) | st.floats(-1e6, -1e-3)
ROWS = st.lists(
    st.tuples(
        st.integers(0, 30).map("u{}".format), st.integers(0, 5).map("i{}".format), WEIGHTS, st.just(AT)
    ),
    max_size=150,
)


@settings(max_examples=300, deadline=None)
@given(rows=ROWS, share=st.sampled_from([0.01, 0.05, 0.3, 0.5, 0.99]))
def test_nobody_makes_up_more_than_the_share(rows: list, share: float) -> None:
    before = History.from_rows(rows)
    after = capped(before, share)
    for old, new in ((before.liked, after.liked), (before.rejected, after.rejected)):
        totals = np.asarray(new.sum(axis=0)).ravel()
        raw = np.asarray(old.sum(axis=0)).ravel()
        usual = np.median(raw[raw > 0]) if (raw > 0).any() else 0.0
        most = share * np.maximum(totals, usual)
        assert (new.toarray() <= most * (1 + 1e-4) + 1e-6).all()


@settings(max_examples=100, deadline=None)
@given(rows=ROWS, share=st.sampled_from([0.05, 0.3, 1.0]))
def test_weights_only_shrink_and_keep_their_sign(rows: list, share: float) -> None:
    before = History.from_rows(rows)
    after = capped(before, share)
    assert (np.abs(after.weight) <= np.abs(before.weight) * (1 + 1e-6)).all()
    assert (np.sign(after.weight) == np.sign(before.weight)).all()
    assert share < 1 or np.array_equal(before.weight, after.weight)


def test_a_thousand_clicks_of_one_are_worth_a_twentieth_of_all() -> None:
    crowd = [(f"u{n}", item, 1.0, AT) for n in range(100) for item in ("a", "b")]
    robot = [("robot", "b", 1.0, AT)] * 1000
    liked = capped(History.from_rows(crowd + robot), 0.05).liked
    assert liked[:, 1].sum() == pytest.approx(100 / 0.95, rel=0.01)


def test_an_unknown_item_is_lifted_by_the_share_of_what_is_usual() -> None:
    crowd = [(f"u{n}", "a", 1.0, AT) for n in range(100)]
    liked = capped(History.from_rows([*crowd, ("robot", "new", 50.0, AT)]), 0.05).liked
    assert liked[:, 1].sum() <= 0.05 * 100


def test_those_who_do_what_all_do_are_left_alone() -> None:
    rows = [(f"u{n}", f"i{n % 5}", 1.0, AT) for n in range(200)]
    history = History.from_rows(rows)
    assert np.array_equal(capped(history, 0.05).weight, history.weight)


@pytest.mark.parametrize("share", [0.0, -1.0, 1.5, float("nan")])
def test_a_share_that_is_none_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="Expected a share"):
        capped(History.from_rows([]), share)
