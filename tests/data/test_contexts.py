"""The sentences of data/contexts and tests/contexts: none is tested that was trained on."""

from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pytest
import yaml

from lam.types import Example
from lam.understanding.corpus.reader import read_examples
from tests.data.test_nlu_data import MOST_ALIKE, TEST, TRAINING, most_alike, values_by_entity
from tests.data.test_nlu_data import read_examples as read_nlu

ROOT = Path(__file__).parents[2]
PAIRS = ROOT / "tests" / "contexts" / "pairs.yml"


@pytest.fixture(scope="module")
def trained() -> list[Example]:
    return read_examples(ROOT / "data" / "contexts")


@pytest.fixture(scope="module")
def pairs() -> list[dict[str, object]]:
    content: list[dict[str, object]] = yaml.safe_load(PAIRS.read_text(encoding="utf-8"))["pairs"]
    return content


def readings(pairs: list[dict[str, object]]) -> list[tuple[str, str, str]]:
    """(the bot's turn, text, intent) of each."""
    return [(one["bot"], pair["text"], one["intent"]) for pair in pairs for one in pair["readings"]]  # type: ignore[attr-defined,misc,index]


def key(*texts: str) -> str:
    return " ".join(" ".join(texts).lower().split())


def test_there_are_two_hundred_pairs_that_differ_in_their_reading(pairs: list[dict[str, object]]) -> None:
    found = readings(pairs)
    assert (len(pairs), len(found)) == (200, 400)
    assert len({key(str(one["text"])) for one in pairs}) == 200
    assert all(left[2] != right[2] for left, right in zip(found[::2], found[1::2], strict=True))
    counts = Counter(intent for _, _, intent in found)
    assert len(counts) >= 55 and max(counts.values()) <= 32


def test_all_intents_are_known(pairs: list[dict[str, object]], trained: list[Example]) -> None:
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["intents"]
    assert {intent for *_, intent in readings(pairs)} | {one.intent for one in trained} <= set(domain)


def test_a_sentence_behind_a_turn_has_one_intent(trained: list[Example]) -> None:
    intents: dict[str, set[str]] = defaultdict(set)
    for one in trained:
        intents[key(one.context, one.text)].add(one.intent)
    assert {text: several for text, several in intents.items() if len(several) > 1} == {}


def test_no_held_out_sentence_resembles_one_behind_a_turn(trained: list[Example]) -> None:
    test = read_nlu(TEST)
    where, similarity = most_alike([one.key for one in test], [key(one.text) for one in trained])
    found = [
        f"{similarity[n]:.2f} {test[n].text!r} ~ {trained[where[n]].text!r}"
        for n in np.flatnonzero(similarity >= MOST_ALIKE)
    ]
    assert not found, "\n".join(["take these out of data/contexts:", *found])


def test_no_pair_resembles_what_was_trained_on(
    pairs: list[dict[str, object]], trained: list[Example]
) -> None:
    """The words alone may be the same: that is the point of them. Turn and words together may not."""
    tested = [key(turn, text) for turn, text, _ in readings(pairs)]
    known = [key(one.context, one.text) for one in trained]
    where, similarity = most_alike(tested, known)
    alike = np.flatnonzero(similarity >= MOST_ALIKE)
    found = [f"{similarity[n]:.2f} {tested[n]!r} ~ {known[where[n]]!r}" for n in alike]
    assert not found, "\n".join(["say these pairs in other words:", *found])


def test_half_of_the_entity_values_are_new_here_too(trained: list[Example]) -> None:
    test = values_by_entity(TEST)
    seen: dict[str, set[str]] = defaultdict(set)
    for one in trained:
        for span in one.spans:
            seen[span.label].add(span.value.lower())
    for entity, values in values_by_entity(TRAINING).items():
        known = test[entity] & (seen[entity] | values)
        assert 2 * len(known) <= len(test[entity]), f"{entity}: {sorted(known)}"
