"""The recommender as a whole: nothing ineligible, ever; true reasons; a defined answer to odd questions."""

import time
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from lam.recommend import Eligibility, Interaction, Item, Policy, Profile, Recommender, Taste, shown_in_vain
from lam.recommend.history import History
from lam.recommend.ranking import RankingSettings
from lam.recommend.rules_file import Condition, RulesText
from tests.recommend.conftest import Additive

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
LANDS = ("DE", "AT", "NL")


def made(
    history: History, items: list[Item], rules: RulesText | None = None, **policy: object
) -> Recommender:
    return Recommender(
        Additive.fit(history, items),
        items,
        Eligibility(items, rules),
        Policy(**policy),  # type: ignore[arg-type]
    )


def drawn_rules(random: np.random.Generator, items: list[Item]) -> RulesText:
    """Rules of all kinds over a catalogue."""

    def conditions() -> list[Condition]:
        low = int(random.integers(0, 60))
        every = [
            Condition("age", low, low + int(random.integers(0, 60))),
            Condition("risk_class", low=int(random.integers(1, 8))),
            Condition("country", among=frozenset(random.choice(LANDS, 2))),
            Condition("item.stock", low=1),
        ]
        return [one for one in every if random.random() < 0.3]

    ids = [item.id for item in items]
    return RulesText(
        items={one: conditions() for one in ids},
        exclusive=[list(random.choice(ids, 3, replace=False)) for _ in range(3)],
        repeatable=list(random.choice(ids, 4, replace=False)),
        withdrawn=list(random.choice(ids, 2, replace=False)),
    )


def forbidden(rules: RulesText, item: Item, profile: Profile, taste: Taste) -> bool:
    """Tell by the letter of the rules, one by one, whether an item must not be shown."""
    facts = {**profile.facts, **{f"item.{key}": value for key, value in item.attributes.items()}}
    for one in rules.items[item.id]:
        value = facts.get(one.fact)
        if value is None or (one.among is not None and value not in one.among):
            return True
        if one.among is None and not one.low <= value <= one.high:
            return True
    rivals = {other for group in rules.exclusive if item.id in group for other in group if other != item.id}
    return bool(
        item.id in rules.withdrawn
        or item.id in profile.hidden
        or item.id in taste.rejected
        or (item.id in profile.held and item.id not in rules.repeatable)
        or rivals & profile.held
        or item.attributes.get("available_from", NOW) > NOW
    )


def test_not_one_ineligible_item_in_a_hundred_thousand_calls(nothing: History) -> None:
    random = np.random.default_rng(11)
    calls, shown, empty = 0, 0, 0
    while calls < 100_000:
        items = [
            Item(f"i{n}", "", {"stock": int(random.integers(0, 3))} if n % 4 else {}) for n in range(19)
        ] + [Item("soon", "", {"available_from": NOW + timedelta(days=1)})]
        rules = drawn_rules(random, items)
        recommender = made(nothing, items, rules, ranking=RankingSettings(pool=5, explore=0.4, discover=0.1))
        ids = np.array([*(item.id for item in items), "stranger"])
        for _ in range(2000):
            facts = {"age": int(random.integers(5, 95)), "risk_class": int(random.integers(1, 8)),
                     "country": str(random.choice(LANDS))}  # fmt: skip
            facts.pop(str(random.choice(["age", "risk_class", "country", "nothing"])), None)
            some = [frozenset(map(str, ids[random.random(21) < 0.15])) for _ in range(3)]
            profile = Profile(facts, some[0], some[1], {"i1": 2.0})
            # Every fourth likes something: reasons take most of the time.
            liked = {str(ids[calls % 21]): 1.0} if calls % 4 == 0 else {}
            taste = Taste(liked, dict.fromkeys(some[2], 1.0))
            found = recommender.recommend(taste, profile, 3, NOW, seed=calls)
            by_id = {item.id: item for item in items}
            bad = [one.item for one in found if forbidden(rules, by_id[one.item], profile, taste)]
            assert bad == [], (calls, profile, taste)
            calls, shown, empty = calls + 1, shown + len(found), empty + (not found)
    assert shown > 100_000 and empty > 0


def test_taking_a_cited_reason_away_lowers_the_score(nothing: History) -> None:
    items = [Item(f"i{n}") for n in range(12)]
    recommender, random = made(nothing, items, cited=0.0), np.random.default_rng(2)
    cited = 0
    for seed in range(300):
        taste = Taste({f"i{n}": float(random.random() + 0.1) for n in random.choice(12, 4, replace=False)})
        for one in recommender.recommend(taste, Profile(), 3, NOW, seed):
            for why in one.because:
                less = recommender.model.scores(taste.without(why))[recommender.model.places[one.item]]
                assert one.score - float(less) == pytest.approx(why.weight, abs=1e-5)
                assert less < one.score
                cited += 1
    assert cited > 900


def test_what_hardly_counts_is_not_told(nothing: History) -> None:
    recommender = made(nothing, [Item(f"i{n}") for n in range(12)], cited=0.5)
    taste = Taste({"i0": 1.0, "i1": 0.2, "i2": 1.0})
    for one in recommender.recommend(taste, Profile(), 12, NOW):
        every = recommender.why(taste, one.item)
        assert len(every) == 3
        if one.because[0].kind == "item":
            assert one.because == tuple(why for why in every if why.weight >= every[0].weight / 2)


def test_what_a_stranger_would_see_too_is_popular_when_the_taste_adds_little(nothing: History) -> None:
    items = [Item(one) for one in ("big", "liked", "mine", "last")]
    alike = np.array([[0, 0, 0, 0], [0.1, 0, 9, 0], [0, 0, 0, 0], [0, 0, 0, 0]], dtype=np.float32)
    popular = np.array([20, 3, 2, 1], dtype=np.float32)
    model = Additive([item.id for item in items], alike, popular)
    recommender = Recommender(model, items, Eligibility(items), Policy(ranking=RankingSettings(explore=0)))
    found = recommender.recommend(Taste({"liked": 1.0}), Profile(held=frozenset({"liked"})), 2, NOW)
    told = {one.item: [(why.kind, why.item) for why in one.because] for one in found}
    assert told == {"big": [("popular", "")], "mine": [("item", "liked")]}


def test_a_rejection_changes_the_very_next_list(nothing: History) -> None:
    recommender = made(
        nothing, [Item(f"i{n}") for n in range(12)], ranking=RankingSettings(explore=0, discover=0)
    )
    first = recommender.recommend(Taste({"i3": 1.0}), Profile(), 3, NOW)
    second = recommender.recommend(Taste({"i3": 1.0}, {first[0].item: 3.0}), Profile(), 3, NOW)
    assert first[0].item not in [one.item for one in second]
    assert len(second) == 3


def test_strangers_to_the_catalogue_change_nothing(nothing: History) -> None:
    recommender = made(nothing, [Item("a"), Item("b")])
    odd = Taste({"nowhere": 1.0}, {"nothing": 1.0})
    profile = Profile(held=frozenset({"x"}), hidden=frozenset({"y"}), shown={"z": 3.0})
    plain = recommender.recommend(Taste(), Profile(), 2, NOW)
    assert recommender.recommend(odd, profile, 2, NOW) == plain


def test_all_items_out_gives_an_empty_list(nothing: History) -> None:
    recommender = made(nothing, [Item("a"), Item("b")])
    assert recommender.recommend(Taste(), Profile(hidden=frozenset("ab")), 3, NOW) == []
    assert made(nothing, []).recommend(Taste(), Profile(), 3, NOW) == []


def test_items_that_only_the_history_knows_are_never_shown() -> None:
    history = History.from_rows([("u", "old", 1.0, NOW), ("u", "a", 1.0, NOW)])
    recommender = made(history, [Item("a")])
    assert [one.item for one in recommender.recommend(Taste(), Profile(), 3, NOW)] == ["a"]


def test_an_item_becomes_available_on_its_day(nothing: History) -> None:
    items = [Item("a"), Item("b", "", {"available_from": "2026-11-25"})]
    recommender = made(nothing, items)
    for day, count in ((24, 1), (25, 2)):
        assert (
            len(recommender.recommend(Taste(), Profile(), 3, datetime(2026, 11, day, 12, tzinfo=UTC)))
            == count
        )


def test_a_model_of_another_catalogue_is_refused(nothing: History) -> None:
    items = [Item("a"), Item("b")]
    with pytest.raises(ValueError, match="Fit it on this catalogue"):
        Recommender(Additive.fit(nothing, items[::-1]), items, Eligibility(items), Policy())


def test_a_showing_wears_an_item_out_until_it_is_taken_or_old() -> None:
    def event(item: str, kind: str, days: float) -> Interaction:
        return Interaction("u", item, kind, NOW - timedelta(days=days), f"{item} {kind} {days}")

    events = [event("a", "impression", 0), event("a", "impression", 14), event("b", "click", 1),
              event("b", "impression", 2)]  # fmt: skip
    assert shown_in_vain(events, NOW, 14) == {"a": 1.5}


def test_a_call_at_four_thousand_items_takes_a_millisecond_beside_the_model(nothing: History) -> None:
    random = np.random.default_rng(5)
    items = [Item(f"i{n}", "", {"stock": n % 9}) for n in range(4000)]
    conditions = [Condition("age", low=18), Condition("country", among=frozenset(["DE"]))]
    rules = RulesText(items={item.id: conditions for item in items[::3]})
    recommender = made(nothing, items, rules)
    profile = Profile({"age": 30, "country": "DE"}, frozenset({"i7"}))
    seconds = []
    for _ in range(60):
        taste = Taste({f"i{random.integers(4000)}": 1.0})
        began = time.thread_time()  # of this thread, so that busy neighbours don't count
        recommender.recommend(taste, profile, 3, NOW)
        seconds.append(time.thread_time() - began)
    assert float(np.median(seconds)) < 2e-3
