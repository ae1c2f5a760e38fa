"""What is held back of examples."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from lam.types import Example
from lam.understanding.training.split import hold_back, unseen

INTENTS = st.lists(st.sampled_from("abc"), max_size=80)


@given(INTENTS, st.floats(0, 0.9), st.integers(0, 5))
def test_every_example_is_in_one_part_and_the_share_is_kept(
    intents: list[str], share: float, seed: int
) -> None:
    examples = [Example(str(n), intent) for n, intent in enumerate(intents)]
    kept, held = hold_back(examples, share, seed)
    assert sorted(kept + held) == list(range(len(examples)))
    enough = {intent for intent, count in Counter(intents).items() if count >= 5}
    assert {intents[place] for place in held} <= enough
    assert len(held) <= share * sum(one in enough for one in intents) + 1e-9
    assert set(intents) == {intents[place] for place in kept}


def test_the_same_seed_holds_the_same_back() -> None:
    examples = [Example(str(n), "ab"[n % 2]) for n in range(100)]
    assert hold_back(examples, 0.1, 1) == hold_back(examples, 0.1, 1)
    assert hold_back(examples, 0.1, 1) != hold_back(examples, 0.1, 2)
    assert len(hold_back(examples, 0.1, 1)[1]) == 10


def test_words_that_are_trained_on_behind_another_turn_say_nothing_of_others() -> None:
    kept = [Example("yes", "affirm", context="Now?"), Example("ok", "affirm")]
    new = [Example("yes", "send"), Example("sure", "affirm", context="Now?"), Example("ok now", "affirm")]
    assert unseen([Example("yes", "affirm"), *new, Example("ok", "affirm", context="Now?")], kept) == new
