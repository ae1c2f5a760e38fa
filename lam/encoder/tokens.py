"""Texts to token ids, without transformers."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import tokenizers

from lam.encoder.texts import clean, ends, is_complete, whole_words
from lam.encoder.weights import EncoderError

Ids = npt.NDArray[np.int64]
_FILE = "tokenizer.json"
_HIDDEN = ("[MASK]", "<mask>", "[UNK]", "<unk>")
_BEGINS = ("Ġ", "▁")
# What a mask says of a token.
PADDING, TEXT, CONTEXT = 0, 1, 2


@dataclass(frozen=True)
class Tokens:
    """A padded batch, as a model takes it.

    Attributes:
        inputs: `ids`, and `mask` with PADDING, TEXT or CONTEXT for each. Shape: (batch, length). An encoder
            that spells also has `chars`. Shape: (batch, length, letters)
    """

    inputs: dict[str, Ids]


@dataclass(frozen=True)
class Word:
    """A word of a text, `text[start:end]`, and the place of its first token."""

    start: int
    end: int
    token: int


class AnyTokenizer(Protocol):
    """What turns texts into an encoder's inputs."""

    def __call__(self, texts: Sequence[str], contexts: Sequence[str] | None = None) -> Tokens:
        """Return the tokens of at least one text, each followed by those of its context, if it has any.

        A context takes nothing from its text: both are cut by themselves. A long text is read without one.
        """

    def words(self, texts: Sequence[str]) -> list[list[Word]]:
        """Return the words of each of at least one text, as far as it is not cut."""

    def lengths(self, texts: Sequence[str], contexts: Sequence[str] | None = None) -> Ids:
        """Return the number of tokens of each text, with those of its context. Shape: (texts,)"""

    def save(self, folder: Path) -> None:
        """Write what `load_tokenizer` reads into a folder."""

    @property
    def special_ids(self) -> tuple[int, ...]:
        """The tokens that stand for no text: those around one, and padding."""

    @property
    def mask_id(self) -> int:
        """The token that stands for a hidden one; that for unknown ones where there is none."""

    @property
    def known_words(self) -> list[str]:
        """The words that have a token of their own, in small letters; none of one or two letters."""


def load_tokenizer(folder: Path) -> AnyTokenizer:
    """Read the tokenizer that a trained model was saved with.

    Raises:
        EncoderError: there is none, or it can't be read.
    """
    if (folder / _FILE).exists():
        return Tokenizer.load(folder)
    from lam.encoder.words import WordTokenizer

    return WordTokenizer.load(folder)


class Tokenizer:
    """A Hugging Face fast tokenizer; texts are cut, and a batch is padded to its longest.

    Args:
        inner: the library's, with its padding and its cutting.
    """

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self._padding, self._cutting = inner.padding, inner.truncation
        # Contexts are cut in another way than texts, and a second tokenizer would take as much memory again.
        inner.no_truncation()
        inner.no_padding()
        marks = inner.encode("a").special_tokens_mask
        self._closing = next(count for count, mark in enumerate(reversed(marks)) if not mark)

    @property
    def special_ids(self) -> tuple[int, ...]:
        """The tokens that stand for no text: those around one, and padding."""
        return (*self._inner.encode("").ids, self._padding["pad_id"])

    @property
    def mask_id(self) -> int:
        """The token that stands for a hidden one; that for unknown ones where there is none."""
        found = [self._inner.token_to_id(name) for name in _HIDDEN]
        return int(next(one for one in found if one is not None))

    @property
    def known_words(self) -> list[str]:
        """The words that have a token of their own, in small letters; none of one or two letters."""
        tokens = self._inner.get_vocab()
        # Some vocabularies mark where a word begins, others where one goes on.
        marked = [one[1:] for one in tokens if one[:1] in _BEGINS]
        return whole_words(marked or tokens)

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
        whole = tokenizers.Tokenizer.from_str(self._inner.to_str())
        whole.enable_padding(**self._padding)
        whole.enable_truncation(**self._cutting)
        whole.save(str(folder / _FILE), pretty=False)

    def __call__(self, texts: Sequence[str], contexts: Sequence[str] | None = None) -> Tokens:
        """Return the tokens of at least one text, each followed by those of its context, if it has any."""
        rows = [self._cut(one.ids) for one in self._encoded(texts)]
        after = self._contexts(list(map(len, rows)), contexts)
        length = max(len(row) + len(context) for row, context in zip(rows, after, strict=True))
        ids = np.full((len(rows), length), self._padding["pad_id"], dtype=np.int64)
        mask = np.zeros_like(ids)
        for place, (row, context) in enumerate(zip(rows, after, strict=True)):
            ids[place, : len(row) + len(context)] = row + context
            mask[place, : len(row)] = TEXT
            mask[place, len(row) : len(row) + len(context)] = CONTEXT
        return Tokens({"ids": ids, "mask": mask})

    def _contexts(self, lengths: Sequence[int], contexts: Sequence[str] | None) -> list[list[int]]:
        """Return the tokens of each text's context that count, with the one that ends a text."""
        around = len(self.special_ids) - 1
        return [
            ends(self._inner.encode(clean(one)).ids[1:]) if one and not is_complete(length - around) else []
            for one, length in zip(contexts or repeat(""), lengths, strict=False)
        ]

    def words(self, texts: Sequence[str]) -> list[list[Word]]:
        """Return the words of each of at least one text, as far as it is not cut."""
        return [_words(one, self._content) for one in self._encoded(texts)]

    def lengths(self, texts: Sequence[str], contexts: Sequence[str] | None = None) -> Ids:
        """Return the number of tokens of each text, with those of its context. Shape: (texts,)"""
        counts = [len(self._cut(one.ids)) for one in self._encoded(texts)]
        after = [len(one) for one in self._contexts(counts, contexts)]
        return np.array(counts, dtype=np.int64) + np.array(after, dtype=np.int64)

    def _encoded(self, texts: Sequence[str]) -> list[Any]:
        encoded: list[Any] = self._inner.encode_batch([clean(text) for text in texts])
        return encoded

    @property
    def _content(self) -> int:
        """How many tokens a text may have before those that close it."""
        return int(self._cutting["max_length"]) - self._closing

    def _cut(self, ids: list[int]) -> list[int]:
        closing = ids[len(ids) - self._closing :]
        return ids[: min(self._content, len(ids) - self._closing)] + closing


def _words(encoded: Any, most: int) -> list[Word]:
    words: list[Word] = []
    last = None
    for token, (word, (start, end)) in enumerate(zip(encoded.word_ids[:most], encoded.offsets, strict=False)):
        if word is None or start == end:
            continue
        if word == last:
            words[-1] = Word(words[-1].start, end, words[-1].token)
        else:
            words.append(Word(start, end, token))
        last = word
    return words


def _read(folder: Path) -> Any:
    path = folder / _FILE
    try:
        return tokenizers.Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises bare Exception
        raise EncoderError(f"Expected a Hugging Face {_FILE} in {folder.name!r}: {error}") from error
