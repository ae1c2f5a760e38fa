"""The words and letters that an encoder which is trained from scratch knows."""

import json
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import tokenizers
from tokenizers import models, normalizers, pre_tokenizers

from lam.encoder.texts import clean
from lam.encoder.weights import EncoderError

_FILE = "words.json"
_SPECIAL = ("[PAD]", "[UNK]", "[SEP]", "[MASK]")
#: The ids of words that no text has, besides padding, 0. Of letters, 0 is padding and UNKNOWN an unknown one.
UNKNOWN, SEPARATOR, HIDDEN = 1, 2, 3


class Vocabulary:
    """Words, known without their case, and letters, known with it. Make one with `learn` or `load`.

    All digits are one in a word's id, so that "250" and "310" are the same word.

    Args:
        words: in the order of their ids.
        letters: likewise.
    """

    def __init__(self, words: Sequence[str], letters: str) -> None:
        self.words, self.letters = tuple(words), letters
        self._letters = {letter: place for place, letter in enumerate(letters, start=UNKNOWN + 1)}
        places = {word: place for place, word in enumerate((*_SPECIAL, *words))}
        self._inner: Any = tokenizers.Tokenizer(models.WordLevel(places, unk_token=_SPECIAL[UNKNOWN]))
        self._inner.normalizer = _normalizer()
        self._inner.pre_tokenizer = pre_tokenizers.BertPreTokenizer()

    @property
    def size(self) -> int:
        """The number of ids that a word may have."""
        return len(_SPECIAL) + len(self.words)

    @property
    def alphabet_size(self) -> int:
        """The number of ids that a letter may have."""
        return len(self._letters) + UNKNOWN + 1

    @classmethod
    def learn(cls, texts: Iterable[str], least: int = 1) -> "Vocabulary":
        """Make one of all letters of texts, and of the words that occur at least so often."""
        normalize, split = _normalizer().normalize_str, pre_tokenizers.BertPreTokenizer().pre_tokenize_str
        counts: Counter[str] = Counter()
        letters: set[str] = set()
        for text in map(clean, texts):
            counts.update(word for word, _ in split(normalize(text)))
            letters.update(_composed(text))
        known = sorted((one for one in counts if counts[one] >= least), key=lambda one: (-counts[one], one))
        return cls(known, "".join(sorted(one for one in letters if not one.isspace())))

    def find(self, texts: Sequence[str]) -> list[list[tuple[int, int, int]]]:
        """Return of each text's words the id, where it starts and where it ends."""
        encoded = self._inner.encode_batch([clean(text) for text in texts])
        return [
            list(zip(one.ids, *_places(text, one.offsets), strict=True))
            for text, one in zip(texts, encoded, strict=True)
        ]

    def spell(self, word: str, most: int) -> list[int]:
        """Return the ids of a word's letters, of a long one those of the first `most`."""
        known = self._letters
        # A capital that no training text has is read as the small letter.
        return [known.get(one) or known.get(one.lower(), UNKNOWN) for one in _composed(word)[:most]]


def load_vocabulary(folder: Path) -> tuple[Vocabulary, int]:
    """Read what `save_vocabulary` wrote.

    Raises:
        EncoderError: the file is missing, or not one that `save_vocabulary` wrote.
    """
    try:
        found = json.loads((folder / _FILE).read_text(encoding="utf-8"))
        _check(found)
        return Vocabulary(found["words"], found["letters"]), found["max_length"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise EncoderError(
            f"Expected the words and letters of an encoder in {folder.name}/{_FILE}, "
            f"found {type(error).__name__}: {error}. Train anew."
        ) from error


def save_vocabulary(vocabulary: Vocabulary, max_length: int, folder: Path) -> None:
    """Write words, letters, and how many words of a text count, into a folder."""
    content = {"max_length": max_length, "letters": vocabulary.letters, "words": vocabulary.words}
    (folder / _FILE).write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


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


def _check(found: Any) -> None:
    words, letters, length = found["words"], found["letters"], found["max_length"]
    if not isinstance(words, list) or not all(isinstance(one, str) for one in (letters, *words)):
        raise TypeError("words are to be a list of strings, letters a string")
    if type(length) is not int or length < 1:
        raise ValueError(f"max_length is to be a whole number above 0, not {length!r}")
    if len(set(letters)) < len(letters) or len({*words, *_SPECIAL}) < len(words) + len(_SPECIAL):
        raise ValueError("a word or a letter is there twice")
