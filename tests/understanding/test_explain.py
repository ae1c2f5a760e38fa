"""Why a text is read as it is: words, neighbours, context."""

import dataclasses
import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from lam.types import Example, Reading
from lam.understanding import IntentClassifier, Recipe
from lam.understanding.explain import Explanation, Neighbour, WordWeight, explain
from lam.workbench.explanation import explanation_table
from tests.understanding.examples import EXAMPLES

pytestmark = pytest.mark.usefixtures("one_thread")


class Stub:
    """Reads "lost" from the word lost, a little from card, and from yes after that question."""

    def __init__(self) -> None:
        self.calls: list[int] = []

    def predict(self, texts, limit=None, contexts=None):
        self.calls.append(len(texts))
        return [self._read(*one) for one in zip(texts, contexts or [""] * len(texts), strict=True)]

    def nearest(self, text, context="", count=5):
        return [(Example("lost card", "lost", context=context), 0.75)]

    def _read(self, text, context):
        if not text.strip():
            return Reading(())
        lost = 0.25 + 0.5 * ("lost" in text) + 0.125 * ("card" in text)
        if text == "yes":
            lost = 0.875 if context else 0.25
        ranking = sorted({"lost": lost, "greet": 1 - lost}.items(), key=lambda one: -one[1])
        return Reading(tuple(ranking), scope=1.0)


def shown(explanation: Explanation, colour: bool = False) -> str:
    console = Console(
        file=io.StringIO(), width=100, force_terminal=colour, color_system="truecolor" if colour else None
    )
    console.print(explanation_table(explanation))
    return console.file.getvalue()


def test_each_word_weighs_what_its_loss_costs() -> None:
    stub = Stub()
    found = explain(stub, "My card is LOST? no, lost!")
    assert (found.intent, found.confidence, found.outside) == ("lost", 0.875, False)
    weights = {one.word: one.weight for one in found.words}
    assert weights == {
        "My": 0,
        "card": 0.125,
        "is": 0,
        "LOST": 0,
        "?": 0,
        "no": 0,
        ",": 0,
        "lost": 0.5,
        "!": 0,
    }
    assert all(found.text[one.start : one.end] == one.word for one in found.words)
    assert found.nearest == (Neighbour("lost card", "lost", "", 0.75),)
    assert found.without_context is None
    assert stub.calls == [1, 1 + len(found.words)]  # all words in one batch


def test_the_only_word_carries_all() -> None:
    (word,) = explain(Stub(), "lost").words
    assert word == WordWeight("lost", 0, 4, 0.75)


def test_of_words_that_say_the_same_twice_none_decides() -> None:
    found = explain(Stub(), "lost lost")
    assert [one.weight for one in found.words] == [0, 0]
    assert "lost lost\nNo word decides" in shown(found)


def test_a_context_is_told_apart() -> None:
    found = explain(Stub(), "yes", "is your card lost?")
    assert (found.intent, found.confidence) == ("lost", 0.875)
    assert found.without_context == ("greet", 0.75)
    assert found.nearest[0].context == found.context == "is your card lost?"
    assert "Without that turn: greet  0.750, another intent" in shown(found)


@pytest.mark.parametrize("text", ["", " ", "\n\t"])
def test_of_a_blank_text_nothing_is_explained(text: str) -> None:
    found = explain(Stub(), text, "hello")
    assert found == Explanation(text, "hello", None, 0.0, False, (), 0, (), None)
    assert "no intent" in shown(found)


def test_of_a_long_text_the_first_hundred_words_are_tried() -> None:
    stub = Stub()
    found = explain(stub, "lost " + "word " * 150)
    assert (len(found.words), found.untried) == (100, 51)
    assert stub.calls == [1, 101]
    assert "51 more words were not tried" in shown(found).replace("\n", " ")


def test_it_is_readable_with_and_without_colours_and_within_100_columns() -> None:
    found = explain(Stub(), "my card is lost " + "and so on " * 40)
    plain = shown(found)
    assert "my card[+0.12] is lost[+0.50] and" in plain
    assert "\x1b" not in plain and max(map(len, plain.splitlines())) <= 100
    assert "\x1b[" in shown(found, colour=True)


def test_a_text_does_nothing_to_the_terminal() -> None:
    found = explain(Stub(), "lost \x1b[31m [bold]card[/] :smile: \ud800")
    assert "\x1b" not in shown(found)
    assert "[bold]card[+0.12][/] :smile:" in shown(found)
    shown(found).encode("utf-8")


@pytest.fixture(scope="module")
def classifier(tiny_encoder: Path) -> IntentClassifier:
    recipe = Recipe(
        encoder=str(tiny_encoder), epochs=20, batch_size=8, encoder_learning_rate=2e-3,
        head_learning_rate=1e-2, dropout=0.0, noise=0.0, max_length=32,
    )  # fmt: skip
    return IntentClassifier.fit(EXAMPLES, recipe)


def test_a_trained_one_explains_itself_as_json(classifier: IntentClassifier) -> None:
    found = explain(classifier, "my card is stolen", "what is my balance")
    (reading,) = classifier.predict(["my card is stolen"], contexts=["what is my balance"])
    assert (found.intent, found.confidence) == (reading.intent, reading.confidence)
    assert [one.word for one in found.words] == ["my", "card", "is", "stolen"]
    assert any(one.weight for one in found.words)
    assert len(found.nearest) == 5
    facts = json.loads(json.dumps(dataclasses.asdict(found)))
    assert facts["words"][1]["word"] == "card"
    assert found.without_context[0] in classifier.intents


@pytest.mark.parametrize(
    "text",
    ["x" * 10_000, "\ud800", "\x00", "日本語", "💳" * 300, "a.b" * 3000],
    ids=lambda text: ascii(text)[:9],
)
def test_any_text_is_explained(classifier: IntentClassifier, text: str) -> None:
    found = explain(classifier, text)
    assert found.intent in classifier.intents
    assert shown(found)
