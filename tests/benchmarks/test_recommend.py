"""The study of recommenders on a small set: what is cut, tuned, kept and compared."""

import json
import math
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from benchmarks import recommend_trials
from benchmarks.figures import Run
from benchmarks.recommend import gain
from benchmarks.recommend_protocols import cold
from benchmarks.recommend_trials import PEERS, Protocol, judged, settings_of
from lam.recommend.history import History
from lam.recommend.holdout import held_out
from lam.recommend.models.popularity import PopularitySettings
from lam.recommend.types import Item

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
ITEMS = [Item(f"i{number}") for number in range(16)]


def history() -> History:
    generator = np.random.default_rng(0)
    rows = [
        (f"u{user}", f"i{item}", 1.0, NOON + timedelta(days=day))
        for user in range(60)
        for day, item in enumerate(generator.choice(np.arange(user % 2, 16, 2), 6, replace=False))
    ]
    return History.from_rows(rows, [item.id for item in ITEMS])


@pytest.fixture
def protocol() -> Protocol:
    train, test = held_out(history(), "last", 0.2)
    return Protocol("small", "last", ITEMS, held_out(train, "last", 0.2), (train, {"all": test}))


def test_a_model_is_tuned_and_judged_once(
    protocol: Protocol, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Run(quick=True, home=tmp_path)
    found = {name: judged(run, protocol, name) for name in ("ease", "popularity")}
    means = {name: np.mean(one["tests"]["all"]["ndcg@10"]) for name, one in found.items()}
    assert means["ease"] > means["popularity"]
    (kept,) = (tmp_path / "results").glob("recommend-small-ease.json")
    assert json.loads(kept.read_text())["figures"] == found["ease"]
    monkeypatch.setattr(recommend_trials, "tune", None)  # nothing is measured twice
    assert judged(run, protocol, "ease") == found["ease"]


def test_settings_come_back_from_json(protocol: Protocol, tmp_path: Path) -> None:
    found = judged(Run(quick=True, home=tmp_path), protocol, "popularity")
    candidates = [PopularitySettings(days) for days in PEERS["popularity"][1]["half_life"]]
    assert settings_of("popularity", found["settings"]) in candidates
    assert settings_of("popularity", {"half_life": "inf"}) == PopularitySettings(math.inf)


def test_cold_items_have_no_events_and_lists_have_no_others() -> None:
    whole = history()
    train, task = cold(whole, seed=0)
    gone = np.flatnonzero(task.hidden[0].toarray()[0] == 0)
    assert len(gone) == round(0.2 * 16)
    assert not np.isin(train.item_at, gone).any()
    assert set(task.wanted.indices) <= set(gone)
    assert len(train.at) + int(np.isin(whole.item_at, gone).sum()) == len(whole.at)


def test_a_gain_is_told_with_its_interval() -> None:
    assert gain([0.5, 0.5], [0.25, 0.25]) == "+0.2500 (+0.2500 to +0.2500)"
