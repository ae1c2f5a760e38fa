"""Texts to words and their letters: the tokens of an encoder that is trained from scratch."""

import json
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import tokenizers
from tokenizers import models, normalizers, pre_tokenizers

from lam.encoder.tokens import CONTEXT, TEXT, Ids, Tokens, Word
from lam.encoder.weights import EncoderError

_FILE = "words.json"
_SPECIAL = ("[PAD]", "[UNK]", "[SEP]", "[MASK]")
# The ids of words that no text has, besides padding, 0. Of letters, 0 is padding and UNKNOWN an unknown one.
UNKNOWN, SEPARATOR, HIDDEN = 1, 2, 3
_LETTERS = 20
# So many of a context's first and last words count, as in `lam.encoder.tokens`.
_CONTEXT_HEAD, _CONTEXT_TAIL = 8, 16

_Found = tuple[int, int, int]  # the id of a word, where it starts and where it ends
_Spelled = tuple[int, list[int]]  # the id of a word, those of its letters


class WordTokenizer:
    """Splits texts at spaces and punctuation; knows words without their case, and letters with it.

    All digits are one in a word's id, so that "250" and "310" are the same word. Make one with `learn` or
    `load`; threads may share it.
    """

    def __init__(self, words: Sequence[str], letters: str, max_length: int) -> None:
        self.max_length = max_length
        self._words = (*_SPECIAL, *words)
        self._letters = {letter: place for place, letter in enumerate(letters, start=UNKNOWN + 1)}
        places = {word: place for place, word in enumerate(self._words)}
        self._inner: Any = tokenizers.Tokenizer(models.WordLevel(places, unk_token=_SPECIAL[UNKNOWN]))
        self._inner.normalizer = _normalizer()
        self._inner.pre_tokenizer = pre_tokenizers.BertPreTokenizer()

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
        """The words of the training texts, in small letters."""
        return list(self._words[len(_SPECIAL) :])

    @property
    def vocabulary_size(self) -> int:
        """The number of ids that a word may have."""
        return len(self._words)

    @property
    def alphabet_size(self) -> int:
        """The number of ids that a letter may have."""
        return len(self._letters) + UNKNOWN + 1

    @classmethod
    def learn(cls, texts: Iterable[str], max_length: int, least: int = 1) -> "WordTokenizer":
        """Make a tokenizer that knows the words and letters of texts.

        Args:
            texts: those of the training.
            max_length: texts are cut after so many words.
            least: words that occur less often stay unknown.
        """
        normalize, split = _normalizer().normalize_str, pre_tokenizers.BertPreTokenizer().pre_tokenize_str
        counts: Counter[str] = Counter()
        letters: set[str] = set()
        for text in map(_clean, texts):
            counts.update(word for word, _ in split(normalize(text)))
            letters.update(_composed(text))
        known = sorted((one for one in counts if counts[one] >= least), key=lambda one: (-counts[one], one))
        return cls(known, "".join(sorted(one for one in letters if not one.isspace())), max_length)

    @classmethod
    def load(cls, folder: Path) -> "WordTokenizer":
        """Read what `save` wrote.

        Raises:
            EncoderError: the file is missing, or not one that `save` wrote.
        """
        try:
            found = json.loads((folder / _FILE).read_text(encoding="utf-8"))
            _check(found)
            return cls(found["words"], found["letters"], found["max_length"])
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            raise EncoderError(
                f"Expected the words and letters of an encoder in {folder.name}/{_FILE}, "
                f"found {type(error).__name__}: {error}. Train anew."
            ) from error

    def save(self, folder: Path) -> None:
        """Write the words, the letters and the length into a folder."""
        words, letters = self._words[len(_SPECIAL) :], "".join(self._letters)
        content = {"max_length": self.max_length, "letters": letters, "words": words}
        (folder / _FILE).write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")

    def __call__(self, texts: Sequence[str], contexts: Sequence[str] | None = None) -> Tokens:
        """Return the words of at least one text, each followed by those of its context, if that has any.

        A context takes nothing from its text: both are cut by themselves. A text without words is one
        unknown word without letters.
        """
        said, after = self._texts(texts), self._contexts(texts, contexts)
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
            for row in self._found(texts)
        ]

    def lengths(self, texts: Sequence[str], contexts: Sequence[str] | None = None) -> Ids:
        """Return the number of tokens of each text, with those of its context. Shape: (texts,)"""
        rows = zip(self._texts(texts), self._contexts(texts, contexts), strict=True)
        return np.array([len(text) + len(context) for text, context in rows], dtype=np.int64)

    def _texts(self, texts: Sequence[str]) -> list[list[_Spelled]]:
        return [row[: self.max_length] or [(UNKNOWN, [])] for row in self._spelled(texts)]

    def _contexts(self, texts: Sequence[str], contexts: Sequence[str] | None) -> list[list[_Spelled]]:
        if not contexts:
            return [[]] * len(texts)
        return [[(SEPARATOR, []), *_ends(row)] if row else [] for row in self._spelled(contexts)]

    def _spelled(self, texts: Sequence[str]) -> list[list[_Spelled]]:
        return [
            [(word, self._spelling(text[start:end])) for word, start, end in row]
            for text, row in zip(texts, self._found(texts), strict=True)
        ]

    def _spelling(self, word: str) -> list[int]:
        known = self._letters
        # A capital that no training text has is read as the small letter.
        return [known.get(one) or known.get(one.lower(), UNKNOWN) for one in _composed(word)[:_LETTERS]]

    def _found(self, texts: Sequence[str]) -> list[list[_Found]]:
        encoded = self._inner.encode_batch([_clean(text) for text in texts])
        return [
            list(zip(one.ids, *_places(text, one.offsets), strict=True))
            for text, one in zip(texts, encoded, strict=True)
        ]


def _ends(words: list[_Spelled]) -> list[_Spelled]:
    if len(words) <= _CONTEXT_HEAD + _CONTEXT_TAIL:
        return words
    return words[:_CONTEXT_HEAD] + words[-_CONTEXT_TAIL:]


def _normalizer() -> Any:
    return normalizers.Sequence(
        [
            normalizers.NFC(),
            normalizers.BertNormalizer(strip_accents=False, lowercase=True),
            normalizers.Replace(tokenizers.Regex(r"\p{Nd}"), "0"),
        ]
    )


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _places(text: str, offsets: Sequence[tuple[int, int]]) -> tuple[list[int], list[int]]:
    """Return where words start and where they end.

    Of characters that were composed (an e and an accent) the library counts the first one only.
    """
    starts, ends = [start for start, _ in offsets], [end for _, end in offsets]
    for place, limit in enumerate([*starts, len(text)][1:]):
        while ends[place] < limit and unicodedata.category(text[ends[place]])[0] not in "CZ":
            ends[place] += 1
    return starts, ends


def _clean(text: str) -> str:
    # A lone surrogate can't be encoded in UTF-8, and the tokenizer would panic.
    return text.encode("utf-8", "replace").decode("utf-8")


def _check(found: Any) -> None:
    words, letters, length = found["words"], found["letters"], found["max_length"]
    if not isinstance(words, list) or not all(isinstance(one, str) for one in (letters, *words)):
        raise TypeError("words are to be a list of strings, letters a string")
    if type(length) is not int or length < 1:
        raise ValueError(f"max_length is to be a whole number above 0, not {length!r}")
    if len(set(letters)) < len(letters) or len({*words, *_SPECIAL}) < len(words) + len(_SPECIAL):
        raise ValueError("a word or a letter is there twice")
