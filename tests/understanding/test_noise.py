"""Noise stays within its budget, and what a text means and names stays what it was."""

import random
from collections.abc import Iterable
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lam.types import Example, Span
from lam.understanding.noise import Lists, Noise, perturb
from lam.understanding.noise_words import TEST, TRAINING, Swap, WordLists

LISTS = {Lists.TRAINING: TRAINING, Lists.TEST: TEST}
LETTERS = (Noise.TYPO, Noise.SWAP, Noise.DROP, Noise.DOUBLE)
SENTENCES = (
    "I want to see what is on my savings account, please",
    "how do I send money to my sister and pay for the flat?",
    "The machine kept my new card and I need help right now",
    "can you cancel the transfer that was sent to the wrong shop",
)  # fmt: skip
WORDS = (
    "I", "to", "my", "Anna", "pay", "i'm", "I’ve", "two", "four", "would", "like", "a", "count", "account",
    "card", "the", "CASH", "machine", "Straße", "ΟΔΟΣ", "İzmir", "50€", "DE89", "x²", "right", "away", "?",
    "e\u0301t\u00e9", "no", "one", "want", "open", "balance", "once", "more",
)  # fmt: skip


@st.composite
def examples(draw: st.DrawFn) -> Example:
    sentences = st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join)
    text = draw(sentences | st.sampled_from(SENTENCES) | st.text(max_size=30))
    spans = []
    for _ in range(draw(st.integers(0, 3)) if text else 0):
        start = draw(st.integers(0, len(text) - 1))
        end = draw(st.integers(start + 1, min(len(text), start + 12)))
        spans.append(Span(start, end, "thing", draw(st.sampled_from([text[start:end], "50.00"]))))
    return Example(text, "some", tuple(spans))


def distance(one: str, other: str) -> int:
    """Restricted Damerau-Levenshtein: letters left out, put in, replaced or swapped with a neighbour."""
    rows = [list(range(len(other) + 1))]
    for a in range(1, len(one) + 1):
        row = [a]
        for b in range(1, len(other) + 1):
            best = min(rows[-1][b] + 1, row[-1] + 1, rows[-1][b - 1] + (one[a - 1] != other[b - 1]))
            if a > 1 and b > 1 and one[a - 2 : a] == other[b - 2 : b][::-1]:
                best = min(best, rows[-2][b - 2] + 1)
            row.append(best)
        rows.append(row)
    return rows[-1][-1]


def swaps_between(one: str, other: str, pairs: set[tuple[str, str]]) -> float:
    """The least number of phrases to replace, each by one of its pairs, to come from one to the other."""

    @cache
    def least(a: int, b: int) -> float:
        if a == len(one) and b == len(other):
            return 0
        costs = [least(a + 1, b + 1)] if one[a : a + 1] == other[b : b + 1] != "" else []
        costs += [
            1 + least(a + len(source), b + len(target))
            for source, target in pairs
            if one.startswith(source, a) and other.startswith(target, b)
        ]
        return min(costs, default=float("inf"))

    return least(0, 0)


def swaps(lists: WordLists, noise: Noise) -> list[Swap]:
    by_first = lists.homophones if noise is Noise.HOMOPHONE else lists.synonyms
    return [one for found in by_first.values() for one in found]


def plain(text: str) -> str:
    return text.lower().replace("’", "'")


def beside(example: Example, span: Span) -> tuple[str, str]:
    return example.text[: span.start][-1:], example.text[span.end :][:1]


def within_budget(before: str, after: str, noise: Noise, edits: int, lists: WordLists) -> bool:
    if noise in LETTERS:
        return distance(before, after) <= edits
    if noise is Noise.CASE:
        return before.lower() == after.lower()
    if noise is Noise.JOIN:
        return before.replace(" ", "") == after.replace(" ", "") and len(before) - len(after) <= edits
    if noise is Noise.DISTRACTOR:
        added = [one for one in (*lists.before, *lists.after) if one in after and one not in before]
        return before in after and len(added) <= edits
    pairs = {(one.phrase, one.other) for one in swaps(lists, noise)}
    return swaps_between(plain(before), plain(after), pairs) <= edits


@pytest.mark.parametrize("noise", Noise)
@settings(max_examples=100, deadline=None)
@given(examples(), st.integers(0, 4), st.integers(0, 9), st.sampled_from(Lists))
def test_the_budget_holds_and_every_span_stays_inside(
    noise: Noise, example: Example, edits: int, seed: int, lists: Lists
) -> None:
    found = perturb(example, noise, edits, random.Random(seed), lists)
    assert within_budget(example.text, found.text, noise, edits, LISTS[lists])
    assert found.intent == example.intent
    for before, after in zip(example.spans, found.spans, strict=True):
        assert after.end <= len(found.text) and after.label == before.label
        if before.value == example.text[before.start : before.end]:
            assert after.value == found.text[after.start : after.end]
        else:
            assert after.value == before.value
        if noise is Noise.JOIN:
            assert beside(found, after) == beside(example, before)
    if found.text == example.text:
        assert found == example
    assert found == perturb(example, noise, edits, random.Random(seed), lists)


@pytest.mark.parametrize("lists", Lists)
@pytest.mark.parametrize("noise", Noise)
def test_every_noise_changes_a_typical_sentence(noise: Noise, lists: Lists) -> None:
    for text in SENTENCES:
        once = {perturb(Example(text, "x"), noise, 1, random.Random(seed), lists).text for seed in range(9)}
        assert text not in once
        assert len(once) > 1 or noise is Noise.SYNONYM


@pytest.mark.parametrize("noise", Noise)
def test_the_budget_is_used_where_there_is_room(noise: Noise) -> None:
    if noise is not Noise.CASE:  # which has no places to count
        text = SENTENCES[0]
        for seed in range(20):
            once, twice = (
                perturb(Example(text, "x"), noise, n, random.Random(seed), Lists.TEST) for n in (1, 2)
            )
            assert not within_budget(text, twice.text, noise, 1, TEST), (once.text, twice.text)


@pytest.mark.parametrize("noise", Noise)
def test_what_has_no_words_stays(noise: Noise) -> None:
    for text in ("", " ", "\n"):
        assert perturb(Example(text, "x"), noise, 2, random.Random(1), Lists.TEST).text == text


def test_a_negative_budget_is_refused() -> None:
    with pytest.raises(ValueError, match="0 edits or more, found -1"):
        perturb(Example("hello", "greet"), Noise.TYPO, -1, random.Random(1), Lists.TEST)


def test_long_words_come_first() -> None:
    for seed in range(50):
        for noise in LETTERS:
            found = perturb(Example("go to my pot", "x"), noise, 1, random.Random(seed), Lists.TRAINING)
            assert found.text.startswith("go to my ")
    assert perturb(Example("hi", "x"), Noise.DROP, 2, random.Random(1), Lists.TEST).text in ("h", "i")


def names(example: Example) -> list[str]:
    return [example.text[span.start : span.end] for span in example.spans]


def test_a_span_moves_and_changes_with_its_words() -> None:
    text = "send Anna Weber 50 euros"
    example = Example(text, "x", (Span(5, 15, "payee", "Anna Weber"), Span(16, 24, "amount", "50.00")))
    seen = set()
    for seed in range(100):
        found = perturb(example, Noise.DOUBLE, 1, random.Random(seed), Lists.TEST)
        payee, amount = names(found)
        assert payee == found.spans[0].value and payee[0] == "A" and payee[-1] == "r"
        assert amount.startswith("50 e") and found.spans[1].value == "50.00"
        seen.add(payee)
    assert {"Anna Weber", "Annaa Weber", "Anna Webber"} <= seen


def test_a_space_is_left_out_inside_a_span_but_not_beside_it() -> None:
    example = Example(
        "send Anna Weber 50 now", "x", (Span(5, 15, "payee", "Anna Weber"), Span(16, 18, "n", "50"))
    )
    found = perturb(example, Noise.JOIN, 9, random.Random(1), Lists.TEST)
    assert found.text == "send AnnaWeber 50 now"
    assert names(found) == ["AnnaWeber", "50"]


def test_no_swap_of_words_reaches_across_the_border_of_a_span() -> None:
    example = Example("close my card", "x", (Span(6, 13, "thing", "my card"),))
    for seed in range(20):
        found = perturb(example, Noise.SYNONYM, 9, random.Random(seed), Lists.TRAINING)
        assert found == example  # "close my" would be "shut my"
        found = perturb(example, Noise.SYNONYM, 9, random.Random(seed), Lists.TEST)
        assert names(found) == ["my bank card"]


def test_a_clause_belongs_to_no_span() -> None:
    example = Example("savings", "x", (Span(0, 7, "account", "savings"),))
    found = perturb(example, Noise.DISTRACTOR, 5, random.Random(1), Lists.TEST)
    assert found.text.startswith(TEST.before) and found.text.endswith(TEST.after)
    assert names(found) == ["savings"]


def test_capitals_stay_where_they_were() -> None:
    dice = random.Random(1)
    said = [Example(text, "x") for text in ("Lost it", "LOST it", "lost it", "I think")]
    found = [perturb(one, Noise.SYNONYM, 1, dice, Lists.TEST).text for one in said]
    assert found == ["Mislaid it", "MISLAID it", "mislaid it", "I reckon"]
    assert perturb(Example("So I", "x"), Noise.HOMOPHONE, 9, dice, Lists.TEST).text.split()[1] in (
        "eye",
        "aye",
    )


def pairs_of(found: Iterable[Swap]) -> set[frozenset[str]]:
    return {frozenset((one.phrase, one.other)) for one in found}


def key_pairs(lists: WordLists) -> set[frozenset[str]]:
    return {frozenset((key, near)) for key, nears in lists.keys.items() for near in nears if key.islower()}


@pytest.mark.parametrize(("noise", "least"), [(Noise.HOMOPHONE, 60), (Noise.SYNONYM, 80)])
def test_the_words_of_the_test_are_not_those_of_the_training(noise: Noise, least: int) -> None:
    ours, theirs = (swaps(lists, noise) for lists in (TRAINING, TEST))
    assert len(pairs_of(ours)) >= least and len(pairs_of(theirs)) >= least
    phrases, others = ({text for one in found for text in one} for found in (ours, theirs))
    assert not phrases & others  # so no pair either
    assert all(text == plain(text).strip() for text in phrases | others)
    assert all(one.phrase != one.other for one in (*ours, *theirs))


def test_the_clauses_of_the_test_are_not_those_of_the_training() -> None:
    ours, theirs = ({*lists.before, *lists.after} for lists in (TRAINING, TEST))
    assert len(ours) >= 25 and len(theirs) >= 25
    assert not ours & theirs


def test_each_pair_of_neighbouring_keys_is_on_one_side_and_each_key_on_both() -> None:
    ours, theirs = key_pairs(TRAINING), key_pairs(TEST)
    assert not ours & theirs
    assert len(ours | theirs) == 55
    alphabet = set("abcdefghijklmnopqrstuvwxyz")
    assert {key for key in TRAINING.keys if key.islower()} == alphabet
    assert {key for key in TEST.keys if key.islower()} == alphabet
    assert set(TEST.keys["K"]) == set("IOM")
