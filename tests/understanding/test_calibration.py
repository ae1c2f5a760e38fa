"""Confidence that means what it says, on numbers with a known answer."""

import numpy as np
import pytest

from lam.understanding.calibration import Judged, calibrate, calibration_error, fit_temperature, reliability
from lam.understanding.neighbours import softmax
from lam.understanding.recipe import Recipe

DICE = np.random.default_rng(1)


def judged_at(temperature: float, count: int = 4000) -> list[Judged]:
    """Texts whose true intents are drawn from the shares that their scores have at a temperature."""
    scores = DICE.normal(0, 3, (count, 5)).astype(np.float32)
    shares = softmax(scores / temperature)
    return [
        Judged(row, None, int(DICE.choice(5, p=share / share.sum())))
        for row, share in zip(scores, shares.astype(float), strict=True)
    ]


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.5])
def test_the_temperature_that_made_the_labels_is_found(temperature: float) -> None:
    labels = np.zeros(0, dtype=np.int64)
    assert fit_temperature(judged_at(temperature), labels, 0, 0.0) == pytest.approx(temperature, rel=0.15)


def test_texts_of_no_intent_set_no_threshold() -> None:
    known = [Judged(np.array([float(n), 0.0], dtype=np.float32), None, 0) for n in range(1, 101)]
    strange = [Judged(np.array([0.0, 0.0], dtype=np.float32), None, None)] * 50
    recipe = Recipe(scope_kept=0.9, cosine_scale=1.0)
    _, threshold = calibrate([*known, *strange], np.zeros(0, dtype=np.int64), recipe)
    assert threshold == pytest.approx(10.9, abs=0.2)


def test_without_enough_texts_nothing_is_outside() -> None:
    few = [Judged(np.array([1.0, 0.0], dtype=np.float32), None, 0)] * 49
    assert calibrate(few, np.zeros(0, dtype=np.int64), Recipe(temperature=0.7)) == (0.7, None)
    assert calibrate([], np.zeros(0, dtype=np.int64), Recipe(temperature=0.7)) == (0.7, None)


def test_confidence_that_is_right_has_no_error() -> None:
    sure = [0.75] * 400
    right = [n % 4 != 0 for n in range(400)]
    assert calibration_error(sure, right) == pytest.approx(0, abs=1e-9)
    assert calibration_error(sure, [True] * 400) == pytest.approx(0.25)
    assert calibration_error([1.0], [True]) == 0


def test_bins_add_up() -> None:
    sure = DICE.random(1000)
    found = reliability(sure.tolist(), (DICE.random(1000) < sure).tolist())
    assert sum(share for share, _, _ in found) == pytest.approx(1)
    assert all(abs(confidence - accuracy) < 0.2 for _, confidence, accuracy in found)
