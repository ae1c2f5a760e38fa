"""Mistyped words, read as the training words that they were to be."""

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lam.types import Example
from lam.understanding.noise import Lists, Noise, perturb
from lam.understanding.spelling import Speller

TEXTS = ["my card is blocked", "show my balance", "send money to my account", "where is my transfer"] * 2
SPELLER = Speller.learn(TEXTS, ["weather", "anna", "cart"])


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("my crad is bloked", "my card is blocked"),
        ("Sohw my balanse", "show my balance"),
        ("SHOW MY BALACNE", "SHOW MY balance"),
        ("whereis mycard", "where is my card"),
        ("my trasfr", "my transfer"),  # two letters left out
        ("the weather for anna", "the weather for anna"),  # right as it is, though nothing was trained on it
        ("a cart", "a cart"),
        ("send to Accounty", "send to Accounty"),  # a name
        ("zzzzzzz qx 12 💳", "zzzzzzz qx 12 💳"),
        ("", ""),
    ],
)
def test_what_is_read(written: str, read: str) -> None:
    assert SPELLER.read(written) == read


@given(st.text(max_size=60))
def test_every_character_that_is_read_was_written_somewhere(text: str) -> None:
    read, written = SPELLER.mended(text)
    assert len(read) == len(written)
    assert all(0 <= start < end <= len(text) for start, end in written)
    assert [start for start, _ in written] == sorted(start for start, _ in written)


@pytest.mark.parametrize("noise", [Noise.TYPO, Noise.SWAP, Noise.DROP, Noise.DOUBLE, Noise.JOIN])
def test_one_slip_in_a_long_word_is_mended(noise: Noise) -> None:
    texts = ["blocked balance", "transfer account", "balance transfer"]
    for text in texts:
        slipped = perturb(Example(text, ""), noise, 1, random.Random(text), Lists.TEST).text
        assert slipped != text
        assert SPELLER.read(slipped) == text


def test_a_speller_is_the_same_after_saving(tmp_path: Path) -> None:
    SPELLER.save(tmp_path)
    again = Speller.load(tmp_path, ["cart"])
    assert again.read("my crad in a cart is bloked") == "my card in a cart is blocked"


def test_a_word_that_the_training_has_once_may_be_a_slip_itself() -> None:
    assert Speller.learn([*TEXTS, "my balence"]).read("my balence") == "my balance"
