"""Texts to token ids, without transformers."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import tokenizers

from lam.encoder.weights import EncoderError

Ids = npt.NDArray[np.int64]
_FILE = "tokenizer.json"
_HIDDEN = ("[MASK]", "<mask>", "[UNK]", "<unk>")


@dataclass(frozen=True)
class Tokens:
    """A padded batch; `mask` is 0 where padding stands, else 1. Shape of both: (batch, length)"""

    ids: Ids
    mask: Ids


@dataclass(frozen=True)
class Word:
    """A word of a text, `text[start:end]`, and the place of its first token."""

    start: int
    end: int
    token: int


class Tokenizer:
    """A Hugging Face fast tokenizer that cuts long texts and pads a batch to its longest."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    @property
    def special_ids(self) -> tuple[int, ...]:
        """The tokens that stand for no text: those around one, and padding."""
        return (*self._inner.encode("").ids, self._inner.padding["pad_id"])

    @property
    def mask_id(self) -> int:
        """The token that stands for a hidden one; that for unknown ones where there is none."""
        found = [self._inner.token_to_id(name) for name in _HIDDEN]
        return int(next(one for one in found if one is not None))

    @classmethod
    def for_encoder(cls, folder: Path, max_length: int) -> "Tokenizer":
        """Read an encoder's tokenizer; texts are cut after `max_length` tokens."""
        inner = _read(folder)
        padding = inner.padding or {"pad_id": 0, "pad_token": "[PAD]"}
        inner.enable_padding(pad_id=padding["pad_id"], pad_token=padding["pad_token"])
        inner.enable_truncation(max_length)
        return cls(inner)

    @classmethod
    def load(cls, folder: Path) -> "Tokenizer":
        """Read what `save` wrote."""
        return cls(_read(folder))

    def save(self, folder: Path) -> None:
        """Write the tokenizer, with its padding and cutting, into a folder."""
        self._inner.save(str(folder / _FILE), pretty=False)

    def __call__(self, texts: Sequence[str]) -> Tokens:
        """Return the tokens of at least one text."""
        encoded = self._inner.encode_batch([_clean(text) for text in texts])
        return Tokens(
            np.array([one.ids for one in encoded], dtype=np.int64),
            np.array([one.attention_mask for one in encoded], dtype=np.int64),
        )

    def words(self, texts: Sequence[str]) -> list[list[Word]]:
        """Return the words of each of at least one text, as far as it is not cut."""
        return [_words(one) for one in self._inner.encode_batch([_clean(text) for text in texts])]

    def lengths(self, texts: Sequence[str]) -> Ids:
        """Return the number of tokens of each text. Shape: (texts,)"""
        lengths: Ids = self(texts).mask.sum(axis=1)
        return lengths


def _words(encoded: Any) -> list[Word]:
    words: list[Word] = []
    last = None
    for token, (word, (start, end)) in enumerate(zip(encoded.word_ids, encoded.offsets, strict=True)):
        if word is None or start == end:
            continue
        if word == last:
            words[-1] = Word(words[-1].start, end, words[-1].token)
        else:
            words.append(Word(start, end, token))
        last = word
    return words


def _clean(text: str) -> str:
    # A lone surrogate can't be encoded in UTF-8, and the tokenizer would panic.
    return text.encode("utf-8", "replace").decode("utf-8")


def _read(folder: Path) -> Any:
    path = folder / _FILE
    try:
        return tokenizers.Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises bare Exception
        raise EncoderError(f"Expected a Hugging Face {_FILE} in {folder.name!r}: {error}") from error
