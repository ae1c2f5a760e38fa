"""A training with adapters: what it changes, what it leaves, and that it goes on after an interruption."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from lam.encoder.pretrained import Encoder
from lam.types import Example
from lam.understanding import IntentClassifier, Recipe
from lam.understanding.tagging import Scheme
from lam.understanding.training import finetune
from lam.understanding.training.trainer import Progress
from tests.understanding.examples import EXAMPLES

INTENTS = sorted({one.intent for one in EXAMPLES})


@pytest.fixture(scope="module")
def recipe(tiny_encoder: Path) -> Recipe:
    return Recipe(
        encoder=str(tiny_encoder), epochs=30, batch_size=8, encoder_learning_rate=1e-2,
        head_learning_rate=1e-2, dropout=0.0, noise=0.0, max_length=32, lora_rank=4,
    )  # fmt: skip


def test_a_classifier_that_adapters_have_taught_is_served_as_any_other(
    recipe: Recipe, tmp_path: Path
) -> None:
    classifier = IntentClassifier.fit(EXAMPLES, recipe)
    texts = [one.text for one in EXAMPLES]
    assert [one.intent for one in classifier.predict(texts)] == [one.intent for one in EXAMPLES]
    classifier.save(tmp_path / "kept")
    assert IntentClassifier.load(tmp_path / "kept").predict(texts) == classifier.predict(texts)


def test_the_encoder_moves_by_what_its_adapters_have_learned_and_no_more(recipe: Recipe) -> None:
    before = Encoder(Path(recipe.encoder)).state_dict()
    model, _ = finetune.fine_tune(EXAMPLES, [], INTENTS, Scheme([]), replace(recipe, epochs=3))
    after = model.encoder.state_dict()
    moved = {name for name, one in after.items() if not torch.equal(one, before[name])}
    assert after.keys() == before.keys()
    assert moved and all(".layer." in one and one.endswith(".weight") for one in moved)
    for name in moved:
        assert torch.linalg.matrix_rank(after[name] - before[name], rtol=1e-3) <= recipe.lora_rank


@pytest.mark.parametrize("changes", [{}, {"adversarial": "fgm", "frozen_layers": 1, "patience": 4}])
def test_an_interrupted_training_with_adapters_goes_on_to_the_same_end(
    recipe: Recipe, changes: dict[str, object], tmp_path: Path
) -> None:
    class InterruptedByTestError(Exception):
        pass

    def interrupt(state: Progress) -> None:
        if state.step == 8:
            raise InterruptedByTestError

    short = replace(recipe, epochs=4, dropout=0.1, validation=0.25, **changes)
    whole = IntentClassifier.fit(EXAMPLES, short).predict(["card please"])
    with pytest.raises(InterruptedByTestError):
        IntentClassifier.fit(EXAMPLES, short, interrupt, state=tmp_path)
    steps: list[int] = []
    resumed = IntentClassifier.fit(EXAMPLES, short, lambda one: steps.append(one.step), state=tmp_path)
    assert steps[0] == 7  # the third epoch; two of three steps each are done
    assert resumed.predict(["card please"]) == whole


def test_a_training_from_scratch_refuses_adapters(recipe: Recipe) -> None:
    with pytest.raises(ValueError, match="lora_rank: expected 0 here, found 4"):
        IntentClassifier.fit(EXAMPLES, replace(recipe, encoder="bilstm"))


def test_each_epoch_tells_its_accuracy_and_what_it_raises_ends_the_training(
    recipe: Recipe, tmp_path: Path
) -> None:
    class EndedByTestError(Exception):
        pass

    told: list[tuple[int, float]] = []

    def on_epoch(done: int, accuracy: float) -> None:
        told.append((done, accuracy))
        if done == 2:
            raise EndedByTestError

    plain = replace(recipe, lora_rank=0, epochs=4)
    with pytest.raises(EndedByTestError):
        IntentClassifier.fit(EXAMPLES, plain, validation=EXAMPLES, state=tmp_path, on_epoch=on_epoch)
    assert [done for done, _ in told] == [1, 2] and all(0 <= one <= 1 for _, one in told)
    # What had been done is kept, and whoever listens changes nothing.
    rest = IntentClassifier.fit(
        EXAMPLES, plain, validation=EXAMPLES, state=tmp_path, on_epoch=lambda *one: told.append(one)
    )
    assert [done for done, _ in told] == [1, 2, 3, 4]
    alone = IntentClassifier.fit(EXAMPLES, plain, validation=EXAMPLES)
    assert rest.predict(["card please"]) == alone.predict(["card please"])


def test_without_texts_held_back_no_epoch_is_told(recipe: Recipe) -> None:
    told: list[object] = []
    two = [Example("hello", "greet"), Example("card lost", "lost")]
    IntentClassifier.fit(two, replace(recipe, epochs=1), on_epoch=lambda *one: told.append(one))
    assert not told
