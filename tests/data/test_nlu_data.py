"""The sentences of data/nlu and tests/nlu: enough of each intent, none tested that was trained on."""

import json
import os
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import yaml
from scipy.sparse import csr_matrix

ROOT = Path(__file__).parents[2]
TRAINING, TEST = ROOT / "data" / "nlu", ROOT / "tests" / "nlu"
# Read at import: the session's fixtures take all LAM_ settings away before a test runs.
BENCH_DATA = os.environ.get("LAM_BENCH_DATA")

MOST_ALIKE = 0.6  # Jaccard similarity of character trigrams
LEARNED_ENTITIES = ("payee", "merchant", "account", "product")  # found by the CRF head; rules find the others
ANNOTATION = re.compile(r"\[([^\]]+)\]\((\w+)\)")


@dataclass(frozen=True)
class Example:
    """One annotated sentence."""

    text: str
    intent: str
    entities: tuple[tuple[str, str], ...]  # (entity, lower-cased value)
    file: str

    @property
    def key(self) -> str:
        """The text as it is compared: lower case, single spaces."""
        return " ".join(self.text.lower().split())


def parse_example(line: str, intent: str, file: str) -> Example:
    """Read `how much is in [savings](account)`."""
    entities = tuple((entity, value.lower()) for value, entity in ANNOTATION.findall(line))
    return Example(ANNOTATION.sub(r"\1", line), intent, entities, file)


@cache
def read_examples(folder: Path) -> tuple[Example, ...]:
    """All intent examples of a folder's Rasa NLU files; files without `nlu` are passed over."""
    examples = []
    for path in sorted(folder.glob("*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8")).get("nlu", []):
            if "intent" in block:
                lines = (line.strip().removeprefix("- ") for line in block["examples"].splitlines())
                examples += [parse_example(line, block["intent"], path.name) for line in lines if line]
    return tuple(examples)


def trigrams(text: str) -> set[str]:
    """The character trigrams of a text, its two ends being spaces."""
    padded = f" {text} "
    return {padded[i : i + 3] for i in range(len(padded) - 2)}


def incidence(texts: list[str], columns: dict[str, int]) -> csr_matrix:
    """Which trigram is in which text. Shape: (text, trigram); unseen trigrams are added to `columns`."""
    rows = [[columns.setdefault(one, len(columns)) for one in trigrams(text)] for text in texts]
    starts = np.cumsum([0, *map(len, rows)])
    indices = np.concatenate([np.array(row) for row in rows])
    width = max(len(columns), 1 + int(indices.max()))
    return csr_matrix((np.ones(len(indices)), indices, starts), shape=(len(texts), width))


def most_alike(texts: list[str], others: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """For each text the position of the most similar other text, and the Jaccard similarity."""
    columns: dict[str, int] = {}
    right = incidence(others, columns)
    left = incidence(texts, columns)
    common = (left[:, : right.shape[1]] @ right.T).toarray()  # Shape: (text, other)
    union = left.sum(axis=1).A + right.sum(axis=1).A.T - common
    similarity = common / union
    return similarity.argmax(axis=1), similarity.max(axis=1)


def count_by_intent(folder: Path) -> Counter[str]:
    return Counter(one.intent for one in read_examples(folder))


def values_by_entity(folder: Path) -> dict[str, set[str]]:
    values: dict[str, set[str]] = defaultdict(set)
    for example in read_examples(folder):
        for entity, value in example.entities:
            values[entity].add(value)
    return values


def test_alike_sentences_are_found() -> None:
    where, similarity = most_alike(["my card is lost!", "ok"], ["good morning", "my card is lost", "OK then"])
    assert where[0] == 1
    assert similarity[0] > 0.8
    assert similarity[1] == 0


def test_every_intent_is_trained_and_tested() -> None:
    training, test = count_by_intent(TRAINING), count_by_intent(TEST)
    assert len(training) >= 45
    assert training.keys() == test.keys(), f"on one side only: {sorted(training.keys() ^ test.keys())}"
    assert {intent: n for intent, n in training.items() if n < 14} == {}, "too few training examples"
    assert {intent: n for intent, n in test.items() if n < 8} == {}, "too few test examples"


def test_no_sentence_has_two_intents() -> None:
    intents: dict[str, set[str]] = defaultdict(set)
    for example in read_examples(TRAINING) + read_examples(TEST):
        intents[example.key].add(example.intent)
    assert {key: sorted(several) for key, several in intents.items() if len(several) > 1} == {}


@pytest.mark.parametrize("folder", [TRAINING, TEST], ids=["training", "test"])
def test_no_sentence_comes_twice(folder: Path) -> None:
    keys = Counter(one.key for one in read_examples(folder))
    assert [key for key, n in keys.items() if n > 1] == []


@pytest.mark.parametrize("folder", [TRAINING, TEST], ids=["training", "test"])
def test_annotations_are_whole_and_known(folder: Path) -> None:
    examples = read_examples(folder)
    assert [one.text for one in examples if re.search(r"[\[\]]", one.text)] == [], "a bracket left open"
    assert {entity for one in examples for entity, _ in one.entities} <= set(LEARNED_ENTITIES)


def test_no_test_sentence_resembles_a_training_sentence() -> None:
    training, test = read_examples(TRAINING), read_examples(TEST)
    where, similarity = most_alike([one.key for one in test], [one.key for one in training])
    pairs = [
        f"{similarity[i]:.2f} {test[i].file} {test[i].intent}: {test[i].text!r}"
        f" ~ {training[where[i]].file} {training[where[i]].intent}: {training[where[i]].text!r}"
        for i in np.flatnonzero(similarity >= MOST_ALIKE)
    ]
    assert not pairs, "\n".join(["say these test sentences in other words:", *pairs])


@pytest.mark.parametrize("entity", LEARNED_ENTITIES)
def test_half_of_the_entity_values_are_new(entity: str) -> None:
    test, seen = values_by_entity(TEST)[entity], values_by_entity(TRAINING)[entity]
    assert test, f"no test sentence has the entity {entity}"
    new = test - seen
    assert 2 * len(new) >= len(test), f"only {len(new)} of {len(test)} are new; seen: {sorted(test & seen)}"


def read_mapping() -> dict[str, str]:
    """BANKING77 class -> our intent."""
    mapping: dict[str, str] = yaml.safe_load((TEST / "banking77.yml").read_text(encoding="utf-8"))["mapping"]
    return mapping


def test_banking77_is_mapped_to_our_intents() -> None:
    assert set(read_mapping().values()) - count_by_intent(TRAINING).keys() == set()


@pytest.mark.skipif(not BENCH_DATA, reason="needs BANKING77 in the folder that LAM_BENCH_DATA names")
def test_mapped_classes_are_in_banking77() -> None:
    file = Path(str(BENCH_DATA)) / "banking77" / "categories.json"
    assert set(read_mapping()) - set(json.loads(file.read_text(encoding="utf-8"))) == set()
