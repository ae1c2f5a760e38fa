"""The exported int8 model against the torch module that it was made of."""

from pathlib import Path

import numpy as np
import pytest
import torch

from lam.encoder import EncoderError
from lam.encoder.export import export_int8
from lam.encoder.pretrained import Encoder
from lam.encoder.runtime import OnnxModel
from lam.encoder.tokens import Tokenizer

TEXTS = [
    "what is my balance",
    "hi",
    "my card is gone, i have lost it and you send me a new one please, how much money is that",
    "zzz 123 %",
    "Ünïcode 💳 日本語",
    "a\ud800b",
    "\x00",
]


OUTPUTS = {"tokens": 2, "vector": 1}


@pytest.fixture(scope="module")
def served(tiny_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Encoder, OnnxModel]:
    """The tiny encoder in torch, and as it is served."""
    module = Encoder(tiny_encoder).eval()
    path = tmp_path_factory.mktemp("onnx") / "model.onnx"
    tokenizer = Tokenizer.for_encoder(tiny_encoder, 64)
    export_int8(module, tokenizer, TEXTS[:4], path, OUTPUTS)
    return module, OnnxModel(path, tokenizer)


def vectors(module: Encoder, folder: Path, texts: list[str]) -> np.ndarray:
    inputs = Tokenizer.for_encoder(folder, 64)(texts).inputs
    with torch.no_grad():
        return np.asarray(module(*(torch.from_numpy(one) for one in inputs.values()))[1])


def served_vectors(model: OnnxModel, texts: list[str]) -> np.ndarray:
    return np.stack([one["vector"] for one in model(texts)])


def test_int8_points_where_float_points(tiny_encoder: Path, served: tuple[Encoder, OnnxModel]) -> None:
    module, model = served
    ours, theirs = served_vectors(model, TEXTS), vectors(module, tiny_encoder, TEXTS)
    assert ours.shape == theirs.shape
    cosines = (ours * theirs).sum(1) / np.linalg.norm(ours, axis=1) / np.linalg.norm(theirs, axis=1)
    assert cosines.min() > 0.999


def test_a_batch_answers_in_the_order_of_its_texts(served: tuple[Encoder, OnnxModel]) -> None:
    _, model = served
    texts = [f"{text} {number}" for number in range(10) for text in TEXTS]
    together = served_vectors(model, texts)
    alone = np.concatenate([served_vectors(model, [text]) for text in texts])
    assert np.allclose(together, alone, atol=1e-4)


def test_each_word_has_a_row_of_its_own(served: tuple[Encoder, OnnxModel]) -> None:
    _, model = served
    text = "Pay my unbelievable O'Brien, please"
    words = model.words(text)
    assert [text[one.start : one.end] for one in words] == [
        "Pay", "my", "unbelievable", "O", "'", "Brien", ",", "please",
    ]  # fmt: skip
    assert len({one.token for one in words}) == len(words)
    assert max(one.token for one in words) < len(model([text])[0]["tokens"])


def test_words_end_where_a_text_is_cut(served: tuple[Encoder, OnnxModel]) -> None:
    _, model = served
    text = "balance " * 500
    assert len(model.words(text)) == 62  # 64 tokens, two of them the marks at the ends
    assert model.words("") == []


def test_the_module_is_left_as_it_was(tiny_encoder: Path, tmp_path: Path) -> None:
    module = Encoder(tiny_encoder).train()
    tokenizer = Tokenizer.for_encoder(tiny_encoder, 64)
    export_int8(module, tokenizer, ["hi", "my card"], tmp_path / "model.onnx", OUTPUTS)
    assert module.training


def test_padding_changes_nothing(tiny_encoder: Path) -> None:
    module = Encoder(tiny_encoder).eval()
    short, long = "hi", "what is the balance of my account please"
    alone, padded = vectors(module, tiny_encoder, [short]), vectors(module, tiny_encoder, [short, long])
    assert np.allclose(alone[0], padded[0], atol=1e-5)


def test_long_texts_are_cut(tiny_encoder: Path) -> None:
    tokenizer = Tokenizer.for_encoder(tiny_encoder, 16)
    assert tokenizer.lengths(["balance " * 5000, "hi"]).tolist() == [16, 3]


def test_a_tokenizer_is_the_same_after_saving(tiny_encoder: Path, tmp_path: Path) -> None:
    tokenizer = Tokenizer.for_encoder(tiny_encoder, 16)
    tokenizer.save(tmp_path)
    again = Tokenizer.load(tmp_path)
    for name in ("ids", "mask"):
        assert (again(TEXTS).inputs[name] == tokenizer(TEXTS).inputs[name]).all()


def test_a_broken_tokenizer_is_named(tmp_path: Path) -> None:
    (tmp_path / "tokenizer.json").write_text("{")
    with pytest.raises(EncoderError, match=r"tokenizer\.json"):
        Tokenizer.load(tmp_path)


def test_a_context_follows_its_text_and_takes_nothing_from_it(tiny_encoder: Path) -> None:
    tokenizer = Tokenizer.for_encoder(tiny_encoder, 16)
    alone = tokenizer(["hello you", "balance " * 9]).inputs
    both = tokenizer(["hello you", "balance " * 9], ["", "good " * 100 + "what is the money"]).inputs
    assert (both["ids"][:, :11] == alone["ids"]).all()
    assert (both["mask"][:, :11] == alone["mask"]).all()
    assert both["mask"][0, 11:].sum() == 0
    assert both["mask"][1].tolist() == [1] * 11 + [2] * 24
    good, asked = (tokenizer([text]).inputs["ids"][0, 1:] for text in ("good", "what is the money"))
    assert (both["ids"][1, 11:19] == good[0]).all()
    assert (both["ids"][1, -len(asked) :] == asked).all()


def test_a_long_text_is_read_without_its_context(tiny_encoder: Path) -> None:
    tokenizer = Tokenizer.for_encoder(tiny_encoder, 16)
    for count, context in ((9, 5), (10, 0)):
        texts = ["balance " * count]
        assert (tokenizer(texts, ["what is the money"]).inputs["mask"] == 2).sum() == context
        assert tokenizer.lengths(texts, ["what is the money"]) == [count + 2 + context]


def test_without_a_context_nothing_changes(served: tuple[Encoder, OnnxModel]) -> None:
    _, model = served
    said = [one["vector"] for one in model(TEXTS)]
    again = [one["vector"] for one in model(TEXTS, [""] * len(TEXTS))]
    assert np.array_equal(said, again)
    changed = model(["hi"], ["what is my balance"])[0]["vector"]
    assert not np.allclose(changed, model(["hi"])[0]["vector"], atol=1e-3)
