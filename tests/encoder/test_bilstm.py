"""The encoder that is trained from scratch: padding, what it learns, and its ONNX file against torch."""

import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from torch import nn

from lam.encoder.bilstm import BiLstmEncoder
from lam.encoder.export import export_int8
from lam.encoder.runtime import OnnxModel
from lam.encoder.tokens import PADDING, TEXT, Tokens
from lam.encoder.vocabulary import HIDDEN
from lam.encoder.words import WordTokenizer

TEXTS = [
    "what is my balance",
    "hi",
    "My card is gone, i have lost it and you send me a new one please, how much money is that",
    "zzz 123 %",
    "Ünïcode 💳 日本語",
    "a\ud800b",
    "",
    "Donaudampfschifffahrtsgesellschaft " * 9,
]
OUTPUTS = {"tokens": 2, "vector": 1}


pytestmark = pytest.mark.usefixtures("one_thread")


def make(layers: int = 1, **sizes: float) -> tuple[BiLstmEncoder, WordTokenizer]:
    tokenizer = WordTokenizer.learn(TEXTS, 64)
    with torch.random.fork_rng():
        torch.manual_seed(2)
        encoder = BiLstmEncoder(tokenizer.vocabulary_size, tokenizer.alphabet_size, layers=layers, **sizes)
    return encoder.eval(), tokenizer


def run(encoder: nn.Module, tokens: Tokens) -> list[np.ndarray]:
    with torch.no_grad():
        return [one.numpy() for one in encoder(*map(torch.from_numpy, tokens.inputs.values()))]


@pytest.fixture(scope="module", params=[1, 2])
def exported(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[BiLstmEncoder, WordTokenizer, onnxruntime.InferenceSession]:
    """An encoder of one or two layers, its tokenizer, and its float ONNX file in a session."""
    encoder, tokenizer = make(request.param)
    path = tmp_path_factory.mktemp("onnx") / "model.onnx"
    sample = tokenizer(TEXTS[:2]).inputs
    axes = list(enumerate(("batch", "length", "letters")))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            encoder, tuple(map(torch.from_numpy, sample.values())), path,
            input_names=list(sample), output_names=list(OUTPUTS), opset_version=17, dynamo=False,
            dynamic_axes={name: dict(axes[: one.ndim]) for name, one in sample.items()}
            | {name: dict(axes[:size]) for name, size in OUTPUTS.items()},
        )  # fmt: skip
    return encoder, tokenizer, onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])


@pytest.mark.parametrize("texts", [["hi"], TEXTS[:1], TEXTS[:3], TEXTS, TEXTS * 9, [""], ["", "hi"]])
@pytest.mark.parametrize("context", ["", "Which card? Say: credit or debit."])
def test_onnx_gives_what_torch_gives(
    exported: tuple[BiLstmEncoder, WordTokenizer, onnxruntime.InferenceSession],
    texts: list[str],
    context: str,
) -> None:
    encoder, tokenizer, session = exported
    tokens = tokenizer(texts, [context] * len(texts))
    for ours, theirs in zip(session.run(None, tokens.inputs), run(encoder, tokens), strict=True):
        assert ours.shape == theirs.shape and np.allclose(ours, theirs, atol=1e-4)


def test_neither_padding_nor_neighbours_matter(
    exported: tuple[BiLstmEncoder, WordTokenizer, onnxruntime.InferenceSession],
) -> None:
    encoder, tokenizer, session = exported
    contexts = ["", "Which one?"] * (len(TEXTS) // 2)
    together = tokenizer(TEXTS, contexts)
    batches = run(encoder, together), session.run(None, together.inputs)
    for place, (text, context) in enumerate(zip(TEXTS, contexts, strict=True)):
        hidden, vector = run(encoder, tokenizer([text], [context]))
        for all_hidden, all_vectors in batches:
            assert np.allclose(all_hidden[place, : hidden.shape[1]], hidden[0], atol=1e-5)
            assert np.allclose(all_vectors[place], vector[0], atol=1e-5)


def test_what_stands_at_padding_is_not_read() -> None:
    encoder, tokenizer = make()
    tokens = tokenizer(TEXTS[:2])
    dirty = {name: one.copy() for name, one in tokens.inputs.items()}
    dirty["ids"][dirty["mask"] == PADDING] = HIDDEN + 1
    dirty["chars"][dirty["mask"] == PADDING] = 3
    clean, read = run(encoder, tokens), run(encoder, Tokens(dirty))
    assert np.allclose(clean[0][1, :1], read[0][1, :1], atol=1e-6) and np.allclose(
        clean[1], read[1], atol=1e-6
    )


def test_both_sides_of_a_word_are_read_and_its_context() -> None:
    encoder, tokenizer = make()
    first, _ = run(encoder, tokenizer(["what is my balance"]))
    for text, context in (("what is my card", ""), ("hi is my balance", ""), ("what is my balance", "hi")):
        other, _ = run(encoder, tokenizer([text], [context]))
        assert np.abs(first[0, :4] - other[0, :4]).max(axis=1).min() > 1e-6


def test_the_vector_is_the_mean_over_the_text_alone() -> None:
    encoder, tokenizer = make()
    tokens = tokenizer(TEXTS, ["Which one?"] * len(TEXTS))
    hidden, vectors = run(encoder, tokens)
    for row, mask, vector in zip(hidden, tokens.inputs["mask"], vectors, strict=True):
        assert np.allclose(row[mask == TEXT].mean(0), vector, atol=1e-6)


def test_shapes_are_those_that_were_asked_for() -> None:
    encoder, tokenizer = make(2, word_width=8, letter_width=4, spelling_width=6, hidden=10)
    tokens = tokenizer(TEXTS)
    hidden, vectors = run(encoder, tokens)
    assert encoder.width == 20 and hidden.shape == (8, 23, 20) and vectors.shape == (8, 20)
    ids, _, chars = map(torch.from_numpy, tokens.inputs.values())
    assert encoder.embeddings(ids, chars).shape == (8, 23, 14)
    assert not encoder.embeddings(ids, chars)[tokens.inputs["mask"] == PADDING].any()


def test_a_hidden_word_is_not_read_from_its_letters() -> None:
    encoder, tokenizer = make()
    hidden = []
    for text in ("my card", "my balance"):
        tokens = tokenizer([text])
        tokens.inputs["ids"][0, 1] = tokenizer.mask_id
        hidden.append(run(encoder, tokens)[0])
    assert np.allclose(*hidden, atol=1e-6)


def test_words_are_forgotten_while_training_only() -> None:
    encoder, tokenizer = make(unknown=0.5, dropout=0.0)
    tokens = tokenizer(TEXTS)
    assert np.array_equal(run(encoder, tokens)[0], run(encoder, tokens)[0])
    encoder.train()
    assert not np.array_equal(run(encoder, tokens)[0], run(encoder, tokens)[0])


def test_no_layer_can_stay_as_pretrained() -> None:
    encoder, _ = make()
    encoder.freeze(0)
    assert all(one.requires_grad for one in encoder.parameters())
    with pytest.raises(ValueError, match="frozen_layers: expected at most 0 here, found 1"):
        encoder.freeze(1)
    with pytest.raises(ValueError, match="layers: expected at least 1, found 0"):
        make(layers=0)


def test_int8_points_where_float_points(tmp_path: Path) -> None:
    encoder, tokenizer = make()
    export_int8(encoder, tokenizer, TEXTS[:2], tmp_path / "model.onnx", OUTPUTS)
    served = OnnxModel(tmp_path / "model.onnx", tokenizer)(TEXTS)
    for text, one in zip(TEXTS, served, strict=True):
        hidden, vector = run(encoder, tokenizer([text]))
        assert np.allclose(one["tokens"][: hidden.shape[1]], hidden[0], atol=1e-4)
        assert np.allclose(one["vector"], vector[0], atol=1e-4)


def train(texts: Sequence[str], labels: Sequence[int]) -> tuple[BiLstmEncoder, WordTokenizer, nn.Linear]:
    tokenizer = WordTokenizer.learn(texts, 32)
    with torch.random.fork_rng():
        torch.manual_seed(1)
        encoder = BiLstmEncoder(tokenizer.vocabulary_size, tokenizer.alphabet_size, hidden=48).train()
        head = nn.Linear(encoder.width, max(labels) + 1)
        learned = [*encoder.parameters(), *head.parameters()]
        optimizer = torch.optim.AdamW(learned, lr=5e-3)
        inputs = list(map(torch.from_numpy, tokenizer(texts).inputs.values()))
        for _ in range(60):
            loss = nn.functional.cross_entropy(head(encoder(*inputs)[1]), torch.tensor(labels))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return encoder.eval(), tokenizer, head


def test_it_learns_a_task_and_reads_misspelled_words_by_their_letters() -> None:
    things = {"balance": 0, "account": 0, "savings": 0, "transfer": 1, "payment": 1, "standing": 1}
    things |= {"replacement": 2, "blocked": 2, "stolen": 2}
    frames = ["what about my {}", "the {} please", "{}", "I have a question on {}", "is there a {} today"]
    pairs = [(frame.format(thing), label) for thing, label in things.items() for frame in frames]
    encoder, tokenizer, head = train([text for text, _ in pairs], [label for _, label in pairs])

    def read(texts: Sequence[str]) -> list[int]:
        return head(torch.from_numpy(run(encoder, tokenizer(texts))[1])).argmax(1).tolist()

    assert read([text for text, _ in pairs]) == [label for _, label in pairs]
    misspelled = {"balanse": 0, "acount": 0, "savngs": 0, "tranfser": 1, "paymment": 1, "stading": 1}
    misspelled |= {"replacment": 2, "blockd": 2, "stoolen": 2}
    strange = [f"{thing} now" for thing in misspelled]
    hits = sum(map(int.__eq__, read(strange), misspelled.values()))
    assert hits >= 8, read(strange)
