"""Texts to words and their letters: the tokens of an encoder that is trained from scratch."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from lam.encoder.texts import ends, is_complete, whole_words
from lam.encoder.tokens import CONTEXT, TEXT, Ids, Tokens, Word
from lam.encoder.vocabulary import HIDDEN, SEPARATOR, UNKNOWN, Vocabulary, load_vocabulary, save_vocabulary

_LETTERS = 20

_Spelled = tuple[int, list[int]]  # the id of a word, those of its letters


class WordTokenizer:
    """Splits texts at spaces and punctuation. Make one with `learn` or `load`; threads may share it."""

    def __init__(self, vocabulary: Vocabulary, max_length: int) -> None:
        self.max_length = max_length
        self._vocabulary = vocabulary

    @property
    def special_ids(self) -> tuple[int, ...]:
        """The tokens that stand for no text: padding, and the one between a text and its context."""
        return (0, SEPARATOR)

    @property
    def mask_id(self) -> int:
        """The token that stands for a hidden one."""
        return HIDDEN

    @property
    def known_words(self) -> list[str]:
        """The words of the training texts, in small letters; none of one or two letters."""
        return whole_words(self._vocabulary.words)

    @property
    def vocabulary_size(self) -> int:
        """The number of ids that a word may have."""
        return self._vocabulary.size

    @property
    def alphabet_size(self) -> int:
        """The number of ids that a letter may have."""
        return self._vocabulary.alphabet_size

    @classmethod
    def learn(cls, texts: Iterable[str], max_length: int, least: int = 1) -> "WordTokenizer":
        """Make a tokenizer that knows the words and letters of texts.

        Args:
            texts: those of the training.
            max_length: texts are cut after so many words.
            least: words that occur less often stay unknown.
        """
        return cls(Vocabulary.learn(texts, least), max_length)

    @classmethod
    def load(cls, folder: Path) -> "WordTokenizer":
        """Read what `save` wrote.

        Raises:
            EncoderError: the file is missing, or not one that `save` wrote.
        """
        return cls(*load_vocabulary(folder))

    def save(self, folder: Path) -> None:
        """Write the words, the letters and the length into a folder."""
        save_vocabulary(self._vocabulary, self.max_length, folder)

    def __call__(self, texts: Sequence[str], contexts: Sequence[str] | None = None) -> Tokens:
        """Return the words of at least one text, each followed by those of its context, if it has any.

        A text without words is one unknown word without letters.
        """
        said = self._texts(texts)
        after = self._contexts(said, contexts)
        rows = [text + context for text, context in zip(said, after, strict=True)]
        ids = np.zeros((len(rows), max(map(len, rows))), dtype=np.int64)
        mask = np.zeros_like(ids)
        letters = max(1, *(len(spelling) for row in rows for _, spelling in row))
        chars = np.zeros((*ids.shape, letters), dtype=np.int64)
        for place, row in enumerate(rows):
            mask[place, : len(row)] = CONTEXT
            mask[place, : len(said[place])] = TEXT
            for token, (word, spelling) in enumerate(row):
                ids[place, token] = word
                chars[place, token, : len(spelling)] = spelling
        return Tokens({"ids": ids, "mask": mask, "chars": chars})

    def words(self, texts: Sequence[str]) -> list[list[Word]]:
        """Return the words of each of at least one text, as far as it is not cut."""
        return [
            [Word(start, end, token) for token, (_, start, end) in enumerate(row[: self.max_length])]
            for row in self._vocabulary.find(texts)
        ]

    def lengths(self, texts: Sequence[str], contexts: Sequence[str] | None = None) -> Ids:
        """Return the number of tokens of each text, with those of its context. Shape: (texts,)"""
        said = self._texts(texts)
        rows = zip(said, self._contexts(said, contexts), strict=True)
        return np.array([len(text) + len(context) for text, context in rows], dtype=np.int64)

    def _texts(self, texts: Sequence[str]) -> list[list[_Spelled]]:
        return [row[: self.max_length] or [(UNKNOWN, [])] for row in self._spelled(texts)]

    def _contexts(
        self, said: Sequence[list[_Spelled]], contexts: Sequence[str] | None
    ) -> list[list[_Spelled]]:
        """Return the words of each text's context that count, behind the one that parts them."""
        return [
            [(SEPARATOR, []), *ends(row)] if row and not is_complete(len(text)) else []
            for text, row in zip(said, self._spelled(contexts or [""] * len(said)), strict=True)
        ]

    def _spelled(self, texts: Sequence[str]) -> list[list[_Spelled]]:
        spell = self._vocabulary.spell
        return [
            [(word, spell(text[start:end], _LETTERS)) for word, start, end in row]
            for text, row in zip(texts, self._vocabulary.find(texts), strict=True)
        ]
