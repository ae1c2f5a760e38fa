"""The arithmetic behind the models, against the same by longer ways."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from lam.recommend.evaluation import ndcg_at, top
from lam.recommend.history import History
from lam.recommend.holdout import held_out
from lam.recommend.models import MODELS
from lam.recommend.models.base import ModelError
from lam.recommend.models.climb import climb
from lam.recommend.models.drawn import TextPrior
from lam.recommend.models.ease import EaseSettings, ease_matrix
from lam.recommend.models.foldin import FoldIn
from lam.recommend.models.following import moments
from lam.recommend.models.popularity import PopularitySettings
from lam.recommend.models.stack import Weights, fit_weights
from lam.recommend.models.tastes import Known
from lam.recommend.models.text_head import learn_head
from lam.recommend.tuning import tune

WIDTH, ITEMS = 6, 30


def foldin(alpha: float = 2.0) -> FoldIn:
    generator = np.random.default_rng(0)
    factors = generator.normal(size=(ITEMS, WIDTH)).astype(np.float32)
    return FoldIn(factors, generator.normal(size=WIDTH).astype(np.float32), 3.0, alpha)


@settings(max_examples=50, deadline=None)
@given(
    st.dictionaries(
        st.integers(0, ITEMS - 1), st.floats(0.1, 2).flatmap(lambda size: st.sampled_from([size, -size])),
        max_size=12,
    )
)  # fmt: skip
def test_fold_in_solves_the_equation(values: dict[int, float]) -> None:
    """With fewer items than factors, by Woodbury's identity, and with more: the same equation."""
    fold = foldin()
    have = Known(np.array(list(values), dtype=np.int64), np.array(list(values.values()), dtype=np.float32))
    factors = fold.factors.astype(float)
    confidence, preference = np.ones(ITEMS), np.zeros(ITEMS)
    for place, value in values.items():
        confidence[place] += fold.alpha * abs(value)
        preference[place] = value > 0  # a rejection: nothing, with confidence
    left = factors.T @ (confidence[:, None] * factors) + fold.regularization * np.eye(WIDTH)
    right = factors.T @ (confidence * preference) + fold.regularization * fold.mean
    expected = np.linalg.solve(left, right) if values else fold.mean
    assert np.allclose(fold.user(have), expected, rtol=1e-3, atol=1e-4)


def test_influences_add_up_to_the_score() -> None:
    fold = foldin()
    have = Known(np.array([1, 5, 9]), np.array([1.0, -0.5, 2.0], dtype=np.float32))
    extra = fold.alpha * np.abs(have.values)
    rows = fold.factors[have.places].astype(float)
    base = fold.factors.T @ fold.factors + fold.regularization * np.eye(WIDTH) + (rows.T * extra) @ rows
    prior = fold.factors[3] @ np.linalg.solve(base, fold.regularization * fold.mean)
    total = prior + fold.influence(have, 3).sum()
    assert total == pytest.approx(float(fold.factors[3] @ fold.user(have)), rel=1e-3)


def test_words_pull_the_prior() -> None:
    fold = foldin()
    nothing = Known(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32))
    said = fold.factors[4]
    assert said @ fold.user(nothing, said) > said @ fold.user(nothing)


@pytest.mark.parametrize("wrong", [{"regularization": 0.0}, {"alpha": 0.0}, {"mean": np.full(WIDTH, np.nan)}])
def test_numbers_that_make_no_solution_are_refused(wrong: dict[str, Any]) -> None:
    good = foldin()
    parts = {"factors": good.factors, "mean": good.mean, "regularization": 1.0, "alpha": 1.0, **wrong}
    with pytest.raises(ValueError, match="Expected"):
        FoldIn(**parts)


def test_ease_is_the_regression_without_itself() -> None:
    """Column j is the ridge regression of item j on the others: Steck's closed form, the long way."""
    likes = sp.csr_matrix(np.random.default_rng(2).integers(0, 2, (50, 8)).astype(np.float32))
    matrix, dense = ease_matrix(likes, 4.0), likes.toarray().astype(float)
    for item in range(8):
        others = [one for one in range(8) if one != item]
        x = dense[:, others]
        slope = np.linalg.solve(x.T @ x + 4.0 * np.eye(7), x.T @ dense[:, item])
        assert np.allclose(matrix[others, item], slope, atol=1e-5)


def test_moments_by_hand() -> None:
    """A basket is one moment; what is faded is as old as its last liking; only what is new comes after."""
    noon = datetime(2026, 11, 1, tzinfo=UTC)
    days = {"a": (0, 4), "b": (2,), "c": (2,), "d": (6, 8)}
    rows = [("u", item, 1.0, noon + timedelta(days=day)) for item in days for day in days[item]]
    before, after, when = moments(History.from_rows(rows[::-1]), memory=2.0)
    assert after.toarray().tolist() == [[1, 1, 1, 1], [0, 1, 1, 1], [0, 0, 0, 1], [0, 0, 0, 1]]
    plain = [[0, 0, 0, 0], [0.5, 0, 0, 0], [0.25, 0.5, 0.5, 0], [0.5, 0.25, 0.25, 0]]
    roots = [[max(sum(row), 1e-9) ** 0.5] for row in plain]
    assert np.allclose(before.toarray(), np.array(plain) / roots)
    assert when.tolist() == [(noon + timedelta(days=day)).timestamp() for day in (0, 2, 4, 6)]


def test_ease_says_when_a_matrix_has_no_inverse() -> None:
    with pytest.raises(ModelError, match="Raise the regularization"):
        ease_matrix(sp.csr_matrix(np.ones((2, 3), dtype=np.float32)), 0.0)


def test_an_item_is_drawn_to_its_text_by_how_little_is_known() -> None:
    texts = np.eye(4, dtype=np.float32)[[0, 0, 1, 1, 0]]
    values = np.array([[1.0], [1.0], [-1.0], [-1.0], [0.0]], dtype=np.float32)
    prior = TextPrior.of(texts, np.array([9, 9, 9, 9, 0], dtype=np.float32), 1.0)
    drawn = prior.draw(values)
    assert drawn[4, 0] > 0.5  # untouched: what its like have
    assert abs(drawn[0, 0] - 1) < 0.1  # touched by nine: a tenth of the way
    silent = TextPrior.of(np.zeros((5, 0), dtype=np.float32), prior.touched, 1.0)
    assert np.array_equal(silent.draw(values), values)


def test_weights_find_the_part_that_is_right() -> None:
    generator = np.random.default_rng(3)
    wanted = sp.csr_matrix(np.eye(10, dtype=np.float32)[generator.integers(0, 10, 400)])
    right = wanted.toarray() + generator.normal(0, 0.5, (400, 10))
    values = np.stack([right, generator.normal(size=(400, 10))], axis=1).astype(np.float32)
    weights = fit_weights(
        values, [3] * 400, wanted, sp.csr_matrix((400, 10), dtype=np.float32), np.array([True, True]),
        np.array([0.3, 0.3], dtype=np.float32),
    )  # fmt: skip
    found = weights.at(3) * weights.scales
    assert found[0] > 0.8
    assert found[1] < 0.1


def test_climbing_looks_at_the_top_of_the_list() -> None:
    """One part knows the wanted item, the other one nothing, and weighs five times as much at first."""
    generator = np.random.default_rng(5)
    best = generator.integers(0, 40, 300)
    wanted = sp.csr_matrix(np.eye(40, dtype=np.float32)[best])
    knows = wanted.toarray() + generator.normal(0, 0.4, (300, 40))
    noise = generator.normal(0, 1, (300, 40))
    values, hidden = np.stack([knows, noise], axis=1).astype(np.float32), sp.csr_matrix((300, 40))
    start = Weights(*(np.array(one, dtype=np.float32) for one in ([0.2, 1], [0.2, 1], [1, 1])))

    def measure(weights: Weights) -> float:
        scores = np.stack([weights.at(3) @ one for one in values])
        return float(ndcg_at(top(scores, hidden.tocsr(), 10), wanted).mean())

    found = climb(start, values, [3] * 300, wanted, hidden.tocsr(), seed=0)
    assert measure(found) > measure(start) + 0.1
    assert found.rich[0] / max(found.rich[1], 1e-9) > 2 * start.rich[0] / start.rich[1]


def test_with_few_users_weights_stay_where_they_began() -> None:
    values = np.random.default_rng(3).normal(size=(1, 2, 5)).astype(np.float32)
    wanted = sp.csr_matrix(np.eye(5, dtype=np.float32)[:1])
    start = np.array([0.3, 0.3], dtype=np.float32)
    weights = fit_weights(
        values, [1], wanted, sp.csr_matrix((1, 5), dtype=np.float32), np.array([True, False]),
        start,
    )  # fmt: skip
    assert np.allclose(weights.rich, start, atol=0.15)


def test_the_head_learns_from_what_was_shown_and_not_taken() -> None:
    """Texts have a topic and a tone; people take a tone, whatever the topic, and leave the other one."""
    texts = np.array([[1, 0, 0.3, 0], [0, 1, 0.3, 0], [1, 0, 0, 0.3], [0, 1, 0, 0.3]], dtype=np.float32)
    texts /= np.linalg.norm(texts, axis=1, keepdims=True)
    likes = sp.csr_matrix(np.array([[1, 1, 0, 0], [0, 0, 1, 1]] * 50, dtype=np.float32))
    refused = sp.csr_matrix(np.array([[0, 0, 1, 1], [1, 1, 0, 0]] * 50, dtype=np.float32))

    def margin(head: Any) -> float:
        seen = texts @ head
        seen /= np.linalg.norm(seen, axis=1, keepdims=True)
        return float(seen[0] @ seen[1] - seen[0] @ seen[2])

    before, after = margin(np.eye(4)), margin(learn_head(texts, likes, refused, 30, seed=0))
    assert before < 0 < after


def board() -> History:
    noon = datetime(2026, 11, 1, tzinfo=UTC)
    generator = np.random.default_rng(4)
    return History.from_rows(
        [(f"u{user}", f"i{item}", 1.0, noon) for user in range(60)
         for item in generator.choice(np.arange(user % 2, 20, 2), 6, replace=False)]
    )  # fmt: skip


def test_tuning_tries_the_start_and_no_settings_twice() -> None:
    train, task = held_out(board(), "users", 0.3, revealed=3)
    start = EaseSettings(1e6)
    found = tune(MODELS["ease"], start, {"regularization": (1.0, 10.0, 1e6)}, 9, train, [], task)
    assert sorted(trial.settings.regularization for trial in found) == [1.0, 10.0, 1e6]  # type: ignore[attr-defined]
    assert [trial.score for trial in found] == sorted((trial.score for trial in found), reverse=True)
    one = tune(MODELS["popularity"], PopularitySettings(7.0), {}, 5, train, [], task)
    assert [trial.settings for trial in one] == [PopularitySettings(7.0)]


def test_tuning_goes_on_behind_settings_that_fail() -> None:
    train, task = held_out(board(), "users", 0.3, revealed=3)
    found = tune(MODELS["ease"], EaseSettings(-1e9), {"regularization": (5.0,)}, 2, train, [], task)
    assert [trial.settings for trial in found] == [EaseSettings(5.0)]
    with pytest.raises(ModelError, match="Raise the regularization"):
        tune(MODELS["ease"], EaseSettings(-1e9), {}, 2, train, [], task)
