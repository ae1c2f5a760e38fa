"""What every model keeps to, and what each is for, on data with an obvious answer: evens like evens."""

import json
import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lam.encoder import ArtifactError
from lam.recommend.history import History
from lam.recommend.models import MODELS, ModelError, RecommenderModel
from lam.recommend.models.als import AlsModel, AlsSettings
from lam.recommend.models.base import Floats
from lam.recommend.models.bpr import BprSettings
from lam.recommend.models.ease import EaseSettings
from lam.recommend.models.following import FollowingSettings
from lam.recommend.models.hybrid import HybridSettings
from lam.recommend.models.popularity import PopularitySettings
from lam.recommend.models.text import TextSettings
from lam.recommend.types import Item, Reason, Taste

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
COUNT = 12
#: Nobody has touched this one; its text is that of the evens.
COLD = "i-cold"
WORDS = ("even", "odd")


def encode(texts: Sequence[str]) -> Floats:
    """Vectors that count the words even and odd."""
    found = np.array([[text.split().count(word) + 1e-6 for word in WORDS] for text in texts], np.float32)
    return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), dtype=np.float32)


def board(users: int = 60) -> History:
    """Each user likes the items of the own parity but for one, one a day, each in another order."""
    rows = []
    for user in range(users):
        mine = [item for item in range(COUNT) if item % 2 == user % 2 and item // 2 != user // 2 % 6]
        for day in range(len(mine)):
            item = mine[(day + user) % len(mine)]
            rows.append((f"u{user}", f"i{item}", 1.0, NOON + timedelta(days=day + user)))
    return History.from_rows(rows)


CATALOGUE = [
    *(Item(f"i{item}", f"item {WORDS[item % 2]}") for item in range(COUNT)),
    Item(COLD, "even"),
    Item("i-mute"),
]

tastes = st.builds(
    lambda liked, rejected, words: Taste(liked, rejected, words, dict.fromkeys(liked, 1.0)),
    st.dictionaries(st.sampled_from([f"i{item}" for item in range(COUNT)]), st.floats(0.1, 9), max_size=8),
    st.dictionaries(st.sampled_from(["i1", "i2", "i3", "unknown"]), st.floats(0.1, 4), max_size=2),
    st.sampled_from(["", "even", "odd", "neither"]),
)


class ModelContract:
    """Inherited by a class for each model."""

    name: ClassVar[str]
    settings: ClassVar[Any]
    personal: ClassVar[bool] = True

    @pytest.fixture(scope="class")
    def model(self) -> RecommenderModel:
        return self.fitted(board())

    def fitted(self, history: History, catalogue: Sequence[Item] = CATALOGUE) -> RecommenderModel:
        return MODELS[self.name].fit(history, catalogue, self.settings, seed=3, encode=encode)

    def test_it_is_chosen_by_its_name(self, model: RecommenderModel) -> None:
        assert type(model) is MODELS[self.name]
        assert model.items == tuple(item.id for item in CATALOGUE)

    def test_evens_like_evens(self, model: RecommenderModel) -> None:
        if not self.personal:
            return
        for user in range(12):
            taste = board().taste(f"u{user}")
            scores = model.scores(taste)
            missing = f"i{2 * (user // 2 % 6) + user % 2}"
            unknown = [item for item in model.items[:COUNT] if item not in taste.liked]
            assert max(unknown, key=lambda item: scores[model.places[item]]) == missing

    def test_one_liking_is_enough_to_know_the_parity(self, model: RecommenderModel) -> None:
        if not self.personal:
            return
        scores = model.scores(Taste({"i4": 1.0}))
        evens = [scores[model.places[f"i{item}"]] for item in range(0, COUNT, 2) if item != 4]
        odds = [scores[model.places[f"i{item}"]] for item in range(1, COUNT, 2)]
        assert min(evens) > max(odds)

    def test_a_rejection_lowers_what_is_like_it(self, model: RecommenderModel) -> None:
        if not self.personal:
            return
        before = model.scores(Taste({"i4": 1.0, "i3": 1.0}))
        after = model.scores(Taste({"i4": 1.0, "i3": 1.0}, {"i6": 2.0}))
        change = after - before
        evens = [change[model.places[f"i{item}"]] for item in (0, 2, 8, 10)]
        odds = [change[model.places[f"i{item}"]] for item in (1, 5, 7, 9, 11)]
        assert np.mean(evens) < np.mean(odds)

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(taste=tastes)
    def test_scores_are_finite_and_the_same_again(self, model: RecommenderModel, taste: Taste) -> None:
        scores = model.scores(taste)
        assert scores.shape == (len(model.items),)
        assert np.isfinite(scores).all()
        assert np.array_equal(scores, model.scores(taste))

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(taste=tastes, at=st.integers(0, COUNT))
    def test_a_cited_reason_is_true(self, model: RecommenderModel, taste: Taste, at: int) -> None:
        item = model.items[at]
        reasons = model.contributions(taste, item)
        assert reasons
        score = model.scores(taste)[at]
        for reason in reasons:
            if reason.kind != "popular":
                assert reason.item in taste.liked or reason.kind == "words"
                without = model.scores(taste.without(reason))[at]
                assert without < score
                assert reason.weight == pytest.approx(score - without, rel=1e-3, abs=1e-5)
            else:
                assert reasons == (reason,)

    def test_a_stranger_has_popularity_as_reason(self, model: RecommenderModel) -> None:
        (reason,) = model.contributions(Taste(), "i2")
        assert reason.kind == "popular"

    def test_an_unknown_item_changes_nothing(self, model: RecommenderModel) -> None:
        known, more = Taste({"i2": 1.0}), Taste({"i2": 1.0, "gone": 5.0}, {"lost": 1.0})
        assert np.array_equal(model.scores(known), model.scores(more))
        with pytest.raises(KeyError):
            model.contributions(known, "gone")

    def test_a_rejection_takes_a_liking_back(self, model: RecommenderModel) -> None:
        both, rejected = Taste({"i2": 1.0}, {"i2": 1.0}), Taste({}, {"i2": 1.0})
        assert np.array_equal(model.scores(both), model.scores(rejected))

    def test_it_is_the_same_after_saving(self, model: RecommenderModel, tmp_path: Path) -> None:
        model.save(tmp_path / "model")
        again = type(model).load(tmp_path / "model", encode)
        assert again.items == model.items
        assert again.settings == model.settings
        for taste in (Taste(), Taste({"i1": 2.0}, {"i2": 1.0}, "even")):
            assert np.allclose(again.scores(taste), model.scores(taste), rtol=1e-5, atol=1e-6)
        with pytest.raises(FileExistsError, match="Expected an empty folder"):
            model.save(tmp_path / "model")

    def test_what_is_not_its_own_file_is_refused(self, model: RecommenderModel, tmp_path: Path) -> None:
        folder = tmp_path / "model"
        model.save(folder)
        manifest = json.loads((folder / "manifest.json").read_text())
        (folder / "manifest.json").write_text(json.dumps({**manifest, "version": 99}))
        with pytest.raises(ArtifactError, match="version 99"):
            type(model).load(folder)
        (folder / "manifest.json").write_text(json.dumps(manifest))
        with (folder / "weights.safetensors").open("ab") as file:
            file.write(b"x")
        with pytest.raises(ArtifactError, match="not the one that was saved"):
            type(model).load(folder)

    def test_the_same_seed_gives_the_same_model(self, model: RecommenderModel) -> None:
        taste = Taste({"i1": 1.0})
        assert np.array_equal(model.scores(taste), self.fitted(board()).scores(taste))

    def test_the_order_of_events_changes_nothing(self, model: RecommenderModel) -> None:
        history = board()
        order = np.random.default_rng(0).permutation(len(history.at))
        mixed = History(
            history.users, history.items, history.user_at[order], history.item_at[order],
            history.weight[order], history.at[order],
        )  # fmt: skip
        taste = Taste({"i1": 1.0})
        assert np.allclose(model.scores(taste), self.fitted(mixed).scores(taste), rtol=1e-4, atol=1e-5)

    @pytest.mark.parametrize("catalogue", [CATALOGUE, []], ids=["catalogue", "nothing"])
    def test_nothing_to_learn_from(self, catalogue: list[Item]) -> None:
        model = self.fitted(History.from_rows([]), catalogue)
        scores = model.scores(Taste({"i1": 1.0}, {}, "even"))
        assert scores.shape == (len(catalogue),)
        assert np.isfinite(scores).all()

    def test_only_rejections(self) -> None:
        model = self.fitted(History.from_rows([("a", "i1", -1.0, NOON), ("b", "i2", -1.0, NOON)]))
        assert np.isfinite(model.scores(Taste({"i1": 1.0}))).all()

    def test_one_event(self) -> None:
        model = self.fitted(History.from_rows([("a", "new", 1.0, NOON)]))
        assert model.items[-1] == "new"
        assert np.isfinite(model.scores(Taste({"new": 1.0}))).all()

    def test_an_item_twice_in_the_catalogue_is_refused(self) -> None:
        with pytest.raises(ModelError, match="'i1' twice"):
            self.fitted(board(), [Item("i0"), Item("i1"), Item("i1")])


class TestPopularity(ModelContract):
    name, settings, personal = "popularity", PopularitySettings(), False

    def test_a_user_counts_once_and_fades(self) -> None:
        rows = [("a", "x", 1.0, NOON - timedelta(days=30))] * 9 + [("b", "y", 1.0, NOON)]
        model = self.fitted(History.from_rows(rows), [])
        assert model.scores(Taste()).tolist() == pytest.approx([0.5, 1.0])


class TestEase(ModelContract):
    name, settings = "ease", EaseSettings(regularization=5.0)

    def test_an_item_says_nothing_about_itself(self, model: RecommenderModel) -> None:
        assert not np.diag(model.matrix).any()  # type: ignore[attr-defined]


class TestFollowing(ModelContract):
    name, settings = "following", FollowingSettings(regularization=1.0)

    def test_what_comes_after_is_not_what_came_before(self) -> None:
        rows = [(f"u{user}", item, 1.0, NOON + timedelta(days=day))
                for user in range(20) for day, item in enumerate("abc")]  # fmt: skip
        rows += [(f"v{user}", item, 1.0, NOON) for user in range(20) for item in "ac"]
        model = self.fitted(History.from_rows(rows), [])
        scores = dict(zip(model.items, model.scores(Taste({"b": 1.0})), strict=True))
        assert scores["c"] > scores["a"]


class TestAls(ModelContract):
    name, settings = "als", AlsSettings(factors=4, regularization=1.0)

    def test_a_stranger_is_the_mean_user(self, model: RecommenderModel) -> None:
        assert isinstance(model, AlsModel)
        assert np.allclose(model.scores(Taste()), model.foldin.factors @ model.foldin.mean)

    def test_factors_that_are_no_numbers_are_refused(self, model: RecommenderModel) -> None:
        assert isinstance(model, AlsModel)
        broken = model.factors.vectors.copy()
        broken[0, 0] = math.nan
        with pytest.raises(ValueError, match="Expected finite"):
            AlsModel(model.items, AlsSettings(), broken, model.factors.mean)


class TestBpr(ModelContract):
    name, settings = "bpr", BprSettings(factors=4, iterations=200)


class TestText(ModelContract):
    name, settings = "text", TextSettings(power=2.0)

    def test_evens_like_evens(self, model: RecommenderModel) -> None:
        """All evens are alike to it: which of them is missing it can't know."""

    def test_words_are_heard(self, model: RecommenderModel) -> None:
        scores = model.scores(Taste(words="even"))
        assert scores[model.places[COLD]] > scores[model.places["i1"]]
        (reason,) = model.contributions(Taste(words="even"), COLD)
        assert reason.kind == "words"

    def test_without_an_encoder_texts_say_nothing(self) -> None:
        model = MODELS["text"].fit(board(), CATALOGUE, self.settings)
        assert len(set(model.scores(Taste({"i2": 1.0}, words="even")).tolist())) == 1


class TestHybrid(ModelContract):
    name = "hybrid"
    settings = HybridSettings(
        factors=4, regularization=5.0, following_regularization=1.0, factor_regularization=1.0, power=2.0,
        split="last", share=0.2,
    )  # fmt: skip

    def test_an_item_that_nobody_touched_is_found_by_its_text(self, model: RecommenderModel) -> None:
        def ahead(taste: Taste) -> float:
            scores = model.scores(taste)
            return float(scores[model.places[COLD]] - scores[model.places["i-mute"]])

        assert ahead(Taste({"i2": 1.0})) > ahead(Taste({"i1": 1.0}))
        assert ahead(Taste({"i2": 1.0})) > 0

    def test_with_too_little_to_hold_back_a_liking_still_counts(self) -> None:
        """All at one time, three likings a user: neither split leaves anything to learn weights from."""
        rows = [(f"u{user}", f"i{item}", 1.0, NOON) for user in range(40)
                for item in range(user % 2, COUNT, 2) if (item + user) % 3]  # fmt: skip
        model = self.fitted(History.from_rows([row for row in rows if row[1] != "i11"]))
        assert len(set(model.weights.rich.tolist())) == 2  # type: ignore[attr-defined]
        scores = model.scores(Taste({"i4": 1.0}))
        evens = [scores[model.places[f"i{item}"]] for item in (0, 2, 6, 8, 10)]
        assert min(evens) > max(scores[model.places[f"i{item}"]] for item in (1, 3, 5, 7, 9))

    def test_words_are_a_reason(self, model: RecommenderModel) -> None:
        kinds = [reason.kind for reason in model.contributions(Taste(words="even"), COLD)]
        assert kinds == ["words"]

    def test_the_weights_are_never_against_a_liking(self, model: RecommenderModel) -> None:
        weights = model.weights  # type: ignore[attr-defined]
        assert (weights.new[:4] >= 0).all()
        assert (weights.rich[:4] >= 0).all()


def test_a_reason_is_a_reason() -> None:
    for wrong in (("item", "", 1.0), ("words", "x", 1.0), ("item", "x", 0.0), ("popular", "", math.nan)):
        with pytest.raises(ValueError, match="Expected"):
            Reason(*wrong)  # type: ignore[arg-type]


def test_a_taste_is_of_numbers() -> None:
    for wrong in ({"a": 0.0}, {"a": -1.0}, {"a": math.nan}):
        with pytest.raises(ValueError, match="expected confidences above 0"):
            Taste(wrong)
    with pytest.raises(ValueError, match="expected days of at least 0"):
        Taste({"a": 1.0}, ages={"a": -1.0})
