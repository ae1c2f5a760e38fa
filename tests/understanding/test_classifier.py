"""The classifier: learning, serving, keeping. With a tiny encoder, so what holds here holds for any."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from lam.encoder import ArtifactError, EncoderError
from lam.encoder.pretrained import Encoder
from lam.encoder.tokens import Tokenizer
from lam.types import Example, Span
from lam.understanding import IntentClassifier, Recipe
from lam.understanding.finetune import JointModel, Progress, hide_tokens
from lam.understanding.tagging import Scheme
from tests.understanding.examples import EXAMPLES


@pytest.fixture(scope="module")
def recipe(tiny_encoder: Path) -> Recipe:
    return Recipe(
        encoder=str(tiny_encoder), epochs=30, batch_size=8, encoder_learning_rate=2e-3,
        head_learning_rate=1e-2, dropout=0.0, max_length=32,
    )  # fmt: skip


@pytest.fixture(scope="module")
def classifier(recipe: Recipe) -> IntentClassifier:
    return IntentClassifier.fit(EXAMPLES, recipe)


def test_it_learns_what_it_is_shown(classifier: IntentClassifier) -> None:
    readings = classifier.predict([one.text for one in EXAMPLES])
    assert [one.intent for one in readings] == [one.intent for one in EXAMPLES]


def test_confidences_are_shares_best_first(classifier: IntentClassifier) -> None:
    (reading,) = classifier.predict(["what is my balance"])
    shares = [share for _, share in reading.ranking]
    assert {intent for intent, _ in reading.ranking} == {"balance", "lost", "greet"}
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) == pytest.approx(1, abs=1e-6)
    assert reading.confidence == shares[0]


def test_a_limit_keeps_the_best(classifier: IntentClassifier) -> None:
    (whole,) = classifier.predict(["card gone"])
    (best,) = classifier.predict(["card gone"], limit=2)
    assert best.ranking == whole.ranking[:2]


def test_entities_are_found_where_examples_have_them(recipe: Recipe) -> None:
    names = ["you", "hello", "bye", "good", "old", "new"]
    paid = [Example(f"pay {name} please", "pay", (Span(4, 4 + len(name), "payee", name),)) for name in names]
    classifier = IntentClassifier.fit([*EXAMPLES, *paid], recipe)
    assert classifier.entities == ("payee",)
    pay, hello = classifier.predict(["pay good please", "hello you"])
    assert pay.spans == (Span(4, 8, "payee", "good"),)
    assert hello.spans == ()


def test_without_entities_in_the_examples_none_are_found(classifier: IntentClassifier) -> None:
    assert classifier.entities == ()
    assert {one.spans for one in classifier.predict([one.text for one in EXAMPLES])} == {()}


def test_neighbours_are_left_out_on_demand(recipe: Recipe) -> None:
    alone = IntentClassifier.fit(EXAMPLES, replace(recipe, neighbours=0))
    assert [one.intent for one in alone.predict([one.text for one in EXAMPLES])] == [
        one.intent for one in EXAMPLES
    ]


def test_a_blank_text_means_nothing(classifier: IntentClassifier) -> None:
    blank, said, also_blank = classifier.predict(["", "hello", " \n"])
    assert (blank.intent, blank.confidence) == (None, 0.0)
    assert said.intent == "greet"
    assert also_blank.ranking == ()
    assert classifier.predict([]) == []


@pytest.mark.parametrize("text", ["x" * 10_000, "\ud800", "\x00", "日本語", "💳" * 300])
def test_any_text_is_read(classifier: IntentClassifier, text: str) -> None:
    (reading,) = classifier.predict([text])
    assert np.isfinite([share for _, share in reading.ranking]).all()


def test_the_same_seed_gives_the_same_model(recipe: Recipe) -> None:
    short = replace(recipe, epochs=2, dropout=0.1)
    first, second = (IntentClassifier.fit(EXAMPLES, short).predict(["card please"]) for _ in range(2))
    other = IntentClassifier.fit(EXAMPLES, replace(short, seed=2)).predict(["card please"])
    assert first == second
    assert first != other


def test_a_loaded_classifier_reads_as_the_saved_one(classifier: IntentClassifier, tmp_path: Path) -> None:
    classifier.save(tmp_path / "kept")
    loaded = IntentClassifier.load(tmp_path / "kept")
    texts = [one.text for one in EXAMPLES]
    assert loaded.predict(texts) == classifier.predict(texts)
    with pytest.raises(ValueError, match="copy that folder"):
        loaded.save(tmp_path / "again")


def test_a_damaged_folder_is_refused(classifier: IntentClassifier, tmp_path: Path) -> None:
    classifier.save(tmp_path)
    with (tmp_path / "model.onnx").open("ab") as file:
        file.write(b"x")
    with pytest.raises(ArtifactError, match=r"model\.onnx"):
        IntentClassifier.load(tmp_path)


def test_serving_loads_no_torch(classifier: IntentClassifier, tmp_path: Path) -> None:
    classifier.save(tmp_path)
    program = (
        "import sys; from pathlib import Path; from lam.understanding import IntentClassifier\n"
        f"print(IntentClassifier.load(Path({str(tmp_path)!r})).predict(['hello'])[0].intent)\n"
        "print(sorted({'torch', 'transformers', 'tensorflow', 'rasa'} & set(sys.modules)))"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert said.split("\n")[:2] == ["greet", "[]"]


def test_progress_tells_every_step(recipe: Recipe) -> None:
    told: list[Progress] = []
    IntentClassifier.fit(EXAMPLES, replace(recipe, epochs=2), told.append)
    assert [one.step for one in told] == [1, 2, 3, 4, 5, 6]
    assert {one.steps for one in told} == {6}
    assert all(0 <= one.accuracy <= 1 and one.loss > 0 for one in told)


@pytest.mark.parametrize("examples", [[], [Example("hi", "greet")], [Example("hi", "greet")] * 3])
def test_one_intent_is_nothing_to_tell_apart(examples: list[Example]) -> None:
    with pytest.raises(ValueError, match="at least two intents"):
        IntentClassifier.fit(examples)


def test_one_example_an_intent_is_enough_to_train(recipe: Recipe) -> None:
    two = [Example("hello", "greet"), Example("card lost", "lost")]
    assert IntentClassifier.fit(two, replace(recipe, epochs=1)).intents == ("greet", "lost")


def test_an_encoder_that_is_none_is_refused(recipe: Recipe, tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match=r"config\.json"):
        IntentClassifier.fit(EXAMPLES, replace(recipe, encoder=str(tmp_path)))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("epochs", 0),
        ("batch_size", -1),
        ("encoder_learning_rate", 0.0),
        ("temperature", 0.0),
        ("dropout", 1.0),
        ("label_smoothing", -0.1),
        ("warmup", 1.5),
        ("neighbours", -1),
        ("neighbour_weight", 1.0),
        ("entity_weight", -0.5),
        ("frozen_layers", -1),
        ("max_length", 4),
        ("max_length", 1000),
    ],
)
def test_a_recipe_that_cannot_work_is_refused(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"{name}: expected .* found {value}"):
        Recipe(**{name: value})


def test_a_recipe_takes_its_own_keys_only() -> None:
    assert Recipe.of({"epochs": 3, "name": "component", "ranking_length": 10}) == Recipe(epochs=3)


def test_an_intent_starts_at_the_mean_of_its_examples(recipe: Recipe) -> None:
    model = JointModel(Encoder(Path(recipe.encoder)), 2, Scheme([]), recipe)
    near, far = torch.eye(model.encoder.width)[:2]
    model.imprint(torch.stack([near, far, near + far]), torch.tensor([0, 1, 0]))
    expected = torch.stack([(2 * near + far) / 5**0.5, far]) * recipe.cosine_scale
    torch.testing.assert_close(model.head.weight, expected)


def test_a_share_of_the_words_is_hidden_and_nothing_else(tiny_encoder: Path) -> None:
    tokenizer = Tokenizer.for_encoder(tiny_encoder, 32)
    ids = torch.from_numpy(tokenizer(["my card is gone"] * 999 + ["where is my money please"]).ids)
    with torch.random.fork_rng():
        torch.manual_seed(1)
        hidden = hide_tokens(ids, 0.25, tokenizer)
    text = ~torch.isin(ids, torch.tensor(tokenizer.special_ids))
    assert text.sum() == 4 * 999 + 5
    assert (hidden[~text] == ids[~text]).all()
    assert set(hidden[text][hidden[text] != ids[text]].tolist()) == {tokenizer.mask_id}
    assert (hidden != ids).sum().item() / text.sum().item() == pytest.approx(0.25, abs=0.02)
