"""Texts as words and letters: what an encoder that is trained from scratch reads."""

import json
import random
import sys
import unicodedata
from pathlib import Path

import numpy as np
import pytest

from lam.encoder import EncoderError
from lam.encoder.tokens import CONTEXT, PADDING, TEXT, AnyTokenizer
from lam.encoder.vocabulary import HIDDEN, SEPARATOR, UNKNOWN
from lam.encoder.words import WordTokenizer

TRAINING = ["Send 250 € to Zoë", "send 310 to Anna, please", "Straße in İzmir", "何円ですか"]
STRANGE = [
    "",
    "   ",
    "\ud800",
    "a\ud800b",
    "\x00",
    "💳💳",
    "e\u0301 é",
    "ﷺ",
    "[MASK] [PAD]",
    "x" * 10_000,
    "no " * 5_000,
]


@pytest.fixture(scope="module")
def tokenizer() -> WordTokenizer:
    return WordTokenizer.learn(TRAINING, max_length=16)


def ids(tokenizer: AnyTokenizer, text: str) -> list[int]:
    return tokenizer([text]).inputs["ids"][0].tolist()


def letters(tokenizer: AnyTokenizer, text: str) -> list[list[int]]:
    return tokenizer([text]).inputs["chars"][0].tolist()


def test_words_are_where_the_text_has_them(tokenizer: WordTokenizer) -> None:
    text = "Pay O'Brien 1,250.50€ in İzmir: 何円"
    words = tokenizer.words([text])[0]
    assert [text[one.start : one.end] for one in words] == [
        "Pay", "O", "'", "Brien", "1", ",", "250", ".", "50€", "in", "İzmir", ":", "何", "円",
    ]  # fmt: skip
    assert [one.token for one in words] == list(range(14))


def test_case_is_the_letters_and_digits_are_one_word(tokenizer: WordTokenizer) -> None:
    assert ids(tokenizer, "SEND 999") == ids(tokenizer, "send 250") == ids(tokenizer, "Send ٢٥٠")
    assert UNKNOWN not in ids(tokenizer, "send 999 straße") and ids(tokenizer, "strasse") == [UNKNOWN]
    assert letters(tokenizer, "Send") != letters(tokenizer, "send")
    assert letters(tokenizer, "250") != letters(tokenizer, "310")


def test_composed_and_decomposed_letters_are_the_same(tokenizer: WordTokenizer) -> None:
    assert ids(tokenizer, "Zoe\u0308") == ids(tokenizer, "Zoë") != [UNKNOWN]
    assert letters(tokenizer, "Zoe\u0308") == letters(tokenizer, "Zoë")
    for text in ("Zoe\u0308, 何!", "간각 가, 각", "ẹ̣́ ẹ"):
        apart = unicodedata.normalize("NFD", text)
        words = [
            [one[word.start : word.end] for word in tokenizer.words([one])[0]]
            for one in (apart, unicodedata.normalize("NFC", text))
        ]
        assert [unicodedata.normalize("NFC", word) for word in words[0]] == words[1]


def test_unknown_letters_are_unknown_and_unknown_capitals_small(tokenizer: WordTokenizer) -> None:
    assert letters(tokenizer, "ж") == [[UNKNOWN]]
    assert letters(tokenizer, "TO") == letters(tokenizer, "to") and letters(tokenizer, "Anna") != letters(
        tokenizer, "anna"
    )


def test_rare_words_are_left_out_and_frequent_ones_come_first() -> None:
    tokenizer = WordTokenizer.learn(["b a", "a b", "a rare"], max_length=8, least=2)
    assert ids(tokenizer, "a b rare") == [HIDDEN + 1, HIDDEN + 2, UNKNOWN]
    assert tokenizer.vocabulary_size == 6 and tokenizer.alphabet_size == 2 + len(set("abrare"))
    assert UNKNOWN not in letters(tokenizer, "rare")[0]


def test_the_words_that_need_no_mending_are_those_of_letters() -> None:
    tokenizer = WordTokenizer.learn(["Pay 250€ to Zoë, she's ill"], max_length=8)
    assert sorted(tokenizer.known_words) == ["ill", "pay", "she", "zoë"]


def test_a_batch_is_padded_with_nothing(tokenizer: WordTokenizer) -> None:
    inputs = tokenizer(["send 1 to Anna", "please"]).inputs
    assert list(inputs) == ["ids", "mask", "chars"]
    assert inputs["ids"].shape == inputs["mask"].shape == (2, 4) and inputs["chars"].shape == (2, 4, 6)
    assert inputs["mask"].tolist() == [[TEXT] * 4, [TEXT] + [PADDING] * 3]
    assert not inputs["ids"][1, 1:].any() and not inputs["chars"][1, 1:].any()
    assert all(one.dtype == np.int64 for one in inputs.values())


def test_a_context_stands_behind_its_text(tokenizer: WordTokenizer) -> None:
    texts, contexts = ["send", "to Anna", "please"], ["", "Send how much?", "  "]
    inputs = tokenizer(texts, contexts).inputs
    assert inputs["mask"].tolist() == [
        [TEXT, *[PADDING] * 6],
        [TEXT, TEXT, *[CONTEXT] * 5],
        [TEXT, *[PADDING] * 6],
    ]
    assert inputs["ids"][1, 2:4].tolist() == [SEPARATOR, *ids(tokenizer, "send")]
    assert not inputs["chars"][1, 2].any()
    assert tokenizer.lengths(texts).tolist() == [1, 2, 1]
    assert tokenizer.lengths(texts, contexts).tolist() == [1, 7, 1]


def test_both_are_cut_by_themselves_and_the_context_keeps_its_ends(tokenizer: WordTokenizer) -> None:
    texts, contexts = ["send " * 9], ["please " + "to " * 99 + "Anna"]
    inputs = tokenizer(texts, contexts).inputs
    assert inputs["mask"][0].tolist() == [TEXT] * 9 + [CONTEXT] * 25
    assert inputs["ids"][0, [10, 11, -2, -1]].tolist() == ids(tokenizer, "please to to Anna")
    assert tokenizer.lengths(texts, contexts).tolist() == [34]


def test_a_long_text_is_read_without_its_context(tokenizer: WordTokenizer) -> None:
    texts, contexts = ["send " * 99], ["please"]
    assert tokenizer(texts, contexts).inputs["mask"][0].tolist() == [TEXT] * 16
    assert tokenizer.lengths(texts, contexts).tolist() == [16]


@pytest.mark.parametrize("text", STRANGE)
def test_strange_texts_are_read_as_something(tokenizer: WordTokenizer, text: str) -> None:
    inputs = tokenizer([text, "send"]).inputs
    count = tokenizer.lengths([text])[0]
    assert 1 <= count <= 16 and (inputs["mask"][0] == TEXT).sum() == count
    assert inputs["chars"].shape[2] <= 20
    assert inputs["ids"].max() < tokenizer.vocabulary_size and not set(ids(tokenizer, text)) & {
        SEPARATOR,
        HIDDEN,
    }
    assert inputs["chars"].max() < tokenizer.alphabet_size
    assert len(tokenizer.words([text])[0]) in (count, count - 1)
    WordTokenizer.learn([text], 16)


def test_nothing_is_one_unknown_word(tokenizer: WordTokenizer) -> None:
    inputs = tokenizer([""]).inputs
    assert inputs["ids"].tolist() == [[UNKNOWN]] and inputs["mask"].tolist() == [[TEXT]]
    assert inputs["chars"].tolist() == [[[0]]] and tokenizer.words([""]) == [[]]


def test_words_of_any_text_are_apart_and_in_order(tokenizer: WordTokenizer) -> None:
    dice = random.Random(3)
    common = [chr(one) for one in range(0x250)] + list(
        "\u200d\u0301\u0958\ufb01\u1e9e\u0130ﷺ가각💳👍🏽\ud83d"
    )
    for _ in range(300):
        anything = [chr(dice.randrange(sys.maxunicode)) for _ in range(5)]
        text = "".join(dice.choices(common + anything, k=dice.randrange(40)))
        words = tokenizer.words([text])[0]
        tokens = tokenizer([text]).inputs["ids"].shape[1]
        assert [one.token for one in words] == list(range(tokens if words else 0))
        last = 0
        for one in words:
            assert last <= one.start < one.end <= len(text)
            last = one.end


def test_it_is_the_same_after_saving(tokenizer: WordTokenizer, tmp_path: Path) -> None:
    tokenizer.save(tmp_path)
    again = WordTokenizer.load(tmp_path)
    for name, one in again(TRAINING + STRANGE, TRAINING[:1] * 15).inputs.items():
        assert (one == tokenizer(TRAINING + STRANGE, TRAINING[:1] * 15).inputs[name]).all()
    assert again.max_length == 16 and again.vocabulary_size == tokenizer.vocabulary_size
    assert again.special_ids == (0, SEPARATOR) and again.mask_id == HIDDEN


def test_learning_the_same_texts_gives_the_same_file(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    WordTokenizer.learn(TRAINING, 16).save(tmp_path / "one")
    WordTokenizer.learn(TRAINING[::-1], 16).save(tmp_path / "two")
    assert (tmp_path / "one/words.json").read_bytes() == (tmp_path / "two/words.json").read_bytes()


@pytest.mark.parametrize(
    "content",
    [
        None, b"", b"{", b"\xff", b"[]", b"{}", b"[" * 100_000,
        {"words": "send"}, {"words": ["send", "send"]}, {"words": ["[UNK]"]}, {"words": [1]},
        {"words": [["a"]]}, {"letters": ["a"]}, {"letters": "aa"}, {"letters": None},
        {"max_length": 0}, {"max_length": "8"}, {"max_length": True}, {"max_length": 1.5},
    ],
)  # fmt: skip
def test_a_broken_file_is_refused_by_its_name(
    tmp_path: Path, content: bytes | dict[str, object] | None
) -> None:
    if isinstance(content, dict):
        content = json.dumps({"words": ["send"], "letters": "dens", "max_length": 8} | content).encode()
    if content is not None:
        (tmp_path / "words.json").write_bytes(content)
    with pytest.raises(EncoderError, match=r"words\.json.*Train anew"):
        WordTokenizer.load(tmp_path)
