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
from lam.encoder.tokens import Tokenizer, load_tokenizer
from lam.types import Example, Span
from lam.understanding import IntentClassifier, Recipe
from lam.understanding.tagging import Scheme
from lam.understanding.training.model import JointModel
from lam.understanding.training.trainer import Progress, hide_tokens
from tests.understanding.examples import EXAMPLES


@pytest.fixture(scope="module")
def recipe(tiny_encoder: Path) -> Recipe:
    return Recipe(
        encoder=str(tiny_encoder), epochs=30, batch_size=8, encoder_learning_rate=2e-3,
        head_learning_rate=1e-2, dropout=0.0, noise=0.0, max_length=32,
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
        ("lora_rank", -1),
        ("validation", 1.0),
        ("patience", -1),
        ("skip_easy", 1.0),
        ("noise", 1.5),
        ("stray_contexts", -0.5),
        ("scope_kept", 2),
        ("adversarial", "fgsm"),
        ("adversarial_radius", 0.0),
        ("adversarial_steps", 0),
        ("max_length", 4),
        ("max_length", 1000),
    ],
)
def test_a_recipe_that_cannot_work_is_refused(name: str, value: object) -> None:
    with pytest.raises(ValueError, match=f"{name}: expected .* found {value!r}"):
        Recipe(**{name: value})


def test_a_recipe_takes_its_own_keys_only() -> None:
    assert Recipe.of({"epochs": 3, "name": "component", "ranking_length": 10}) == Recipe(epochs=3)


def test_an_intent_starts_at_the_mean_of_its_examples(recipe: Recipe) -> None:
    model = JointModel(Encoder(Path(recipe.encoder)), 2, Scheme([]), recipe)
    near, far = torch.eye(model.width)[:2]
    model.imprint(torch.stack([near, far, near + far]), torch.tensor([0, 1, 0]))
    expected = torch.stack([(2 * near + far) / 5**0.5, far]) * recipe.cosine_scale
    torch.testing.assert_close(model.head.weight, expected)


def test_a_share_of_the_words_is_hidden_and_nothing_else(tiny_encoder: Path) -> None:
    tokenizer = Tokenizer.for_encoder(tiny_encoder, 32)
    ids = torch.from_numpy(tokenizer(["my card is gone"] * 999 + ["where is my money please"]).inputs["ids"])
    with torch.random.fork_rng():
        torch.manual_seed(1)
        hidden = hide_tokens(ids, 0.25, tokenizer)
    text = ~torch.isin(ids, torch.tensor(tokenizer.special_ids))
    assert text.sum() == 4 * 999 + 5
    assert (hidden[~text] == ids[~text]).all()
    assert set(hidden[text][hidden[text] != ids[text]].tolist()) == {tokenizer.mask_id}
    assert (hidden != ids).sum().item() / text.sum().item() == pytest.approx(0.25, abs=0.02)


def test_the_same_words_mean_what_the_bot_asked(recipe: Recipe) -> None:
    asked = {"balance": "what is my balance", "lost": "is my card lost"}
    yes = [Example("yes please", intent, context=turn) for intent, turn in asked.items()] * 8
    yes += [Example("please", intent, context=turn) for intent, turn in asked.items()] * 8
    classifier = IntentClassifier.fit([*EXAMPLES, *yes], replace(recipe, stray_contexts=0.2))
    readings = classifier.predict(["yes please", "yes please"], contexts=list(asked.values()))
    assert [one.intent for one in readings] == list(asked)
    plain = classifier.predict([one.text for one in EXAMPLES])
    assert [one.intent for one in plain] == [one.intent for one in EXAMPLES]


def test_the_nearest_examples_are_told(classifier: IntentClassifier) -> None:
    (best, cosine), second = classifier.nearest("card gone missing", count=2)
    assert (best, cosine) == (Example("card gone missing", "lost"), pytest.approx(1, abs=0.01))
    assert second[1] <= cosine
    assert classifier.nearest(" ") == []


def test_what_was_held_back_is_read_without_its_own_vote(recipe: Recipe) -> None:
    odd = Example("card stolen please", "greet")
    nearest = replace(recipe, epochs=1, neighbours=1, neighbour_weight=0.95)
    classifier = IntentClassifier.fit([*EXAMPLES, odd, replace(odd, context="hello")], nearest)
    assert classifier.predict([odd.text])[0].intent == "greet"  # it is its own neighbour
    behind, other = replace(odd, context="hello"), replace(odd, intent="lost")
    readings = classifier.read_held_back([odd, behind, other, Example(" ", "lost")])
    assert [one.intent for one in readings] == ["lost", "lost", "greet", None]


def test_examples_held_back_calibrate_it(recipe: Recipe) -> None:
    classifier = IntentClassifier.fit(EXAMPLES * 5, replace(recipe, validation=0.5, scope_kept=0.9))
    assert classifier.threshold is not None
    readings = classifier.predict([one.text for one in EXAMPLES])
    assert [one.outside for one in readings] == [one.scope < classifier.threshold for one in readings]
    assert sum(one.outside for one in readings) <= len(EXAMPLES) / 4
    too_few = IntentClassifier.fit(EXAMPLES, replace(recipe, epochs=1, validation=0.25))
    assert too_few.threshold is None


def test_validation_texts_of_ones_own_may_lie_outside(recipe: Recipe) -> None:
    own = [*EXAMPLES * 3, Example("% % %", "nothing we know")]
    classifier = IntentClassifier.fit(EXAMPLES, recipe, validation=own)
    assert classifier.intents == ("balance", "greet", "lost")
    assert classifier.threshold is not None


@pytest.mark.parametrize("kind", ["fgm", "pgd"])
def test_it_learns_under_attack(recipe: Recipe, kind: str) -> None:
    hardened = replace(recipe, adversarial=kind, noise=0.3, frozen_layers=1)
    classifier = IntentClassifier.fit(EXAMPLES, hardened)
    read = [one.intent for one in classifier.predict([one.text for one in EXAMPLES])]
    assert sum(left == one.intent for left, one in zip(read, EXAMPLES, strict=True)) >= 22
    assert classifier.predict(["hello"]) == IntentClassifier.fit(EXAMPLES, hardened).predict(["hello"])


def test_an_interrupted_training_goes_on_to_the_same_end(recipe: Recipe, tmp_path: Path) -> None:
    class InterruptedByTestError(Exception):
        pass

    def interrupt(state: Progress) -> None:
        if state.step == 8:
            raise InterruptedByTestError

    short = replace(recipe, epochs=4, dropout=0.1, validation=0.25, patience=4)
    whole = IntentClassifier.fit(EXAMPLES, short).predict(["card please"])
    with pytest.raises(InterruptedByTestError):
        IntentClassifier.fit(EXAMPLES, short, interrupt, state=tmp_path)
    steps: list[int] = []
    resumed = IntentClassifier.fit(EXAMPLES, short, lambda one: steps.append(one.step), state=tmp_path)
    assert steps[0] == 7  # the third epoch; two of three steps each are done
    assert resumed.predict(["card please"]) == whole
    # What is kept belongs to this training only.
    steps.clear()
    IntentClassifier.fit(EXAMPLES, replace(short, seed=2), lambda one: steps.append(one.step), state=tmp_path)
    assert steps[0] == 1


def test_a_broken_state_is_not_taken_up(recipe: Recipe, tmp_path: Path) -> None:
    (tmp_path / "state.safetensors").write_bytes(b"nonsense")
    assert IntentClassifier.fit(EXAMPLES, replace(recipe, epochs=1), state=tmp_path).intents


def test_what_is_easy_is_skipped_between_the_first_epoch_and_the_last(recipe: Recipe) -> None:
    told: list[Progress] = []
    quick = replace(recipe, skip_easy=0.9, batch_size=1)
    classifier = IntentClassifier.fit(EXAMPLES, quick, told.append)
    assert len(told) < 0.8 * quick.epochs * len(EXAMPLES)
    assert told[-1].step == told[-1].steps
    assert [one.intent for one in classifier.predict([one.text for one in EXAMPLES])] == [
        one.intent for one in EXAMPLES
    ]


def test_training_stops_when_it_gets_no_better(recipe: Recipe) -> None:
    steps: list[int] = []
    patient = replace(recipe, epochs=60, validation=0.25, patience=3)
    IntentClassifier.fit(EXAMPLES, patient, lambda one: steps.append(one.step))
    assert steps[-1] < 60 * 3


def test_a_bilstm_learns_without_any_pretraining(recipe: Recipe) -> None:
    scratch = replace(recipe, encoder="bilstm", word_dropout=0.0)
    names = ["you", "hello", "bye", "good", "old", "new"]
    paid = [Example(f"pay {name} please", "pay", (Span(4, 4 + len(name), "payee", name),)) for name in names]
    classifier = IntentClassifier.fit([*EXAMPLES, *paid], scratch)
    assert [one.intent for one in classifier.predict([one.text for one in EXAMPLES])] == [
        one.intent for one in EXAMPLES
    ]
    assert classifier.predict(["pay good please"])[0].spans == (Span(4, 8, "payee", "good"),)


def test_a_bilstm_knows_the_words_of_the_turns_before(recipe: Recipe, tmp_path: Path) -> None:
    said = [*EXAMPLES, Example("yes", "lost", context="Shall I replace the vanished one?")]
    IntentClassifier.fit(said, replace(recipe, encoder="bilstm", epochs=1)).save(tmp_path)
    assert {"replace", "vanished"} <= {*load_tokenizer(tmp_path).known_words}


def test_mistyped_words_are_read_and_entities_stay_as_written(recipe: Recipe) -> None:
    names = ["you", "hello", "bye", "good", "old", "new"]
    paid = [Example(f"pay {name} please", "pay", (Span(4, 4 + len(name), "payee", name),)) for name in names]
    classifier = IntentClassifier.fit([*EXAMPLES, *paid, *paid], recipe)
    mistyped, plain = classifier.predict(["pay good plaese", "pay good please"])
    assert mistyped == plain
    joined, _ = classifier.predict(["paygood please", "hello"])
    assert all("paygood please"[one.start : one.end] == one.value for one in joined.spans)
    strict = IntentClassifier.fit([*EXAMPLES, *paid, *paid], replace(recipe, spelling=False, epochs=1))
    assert strict.predict(["hello"])[0].ranking
