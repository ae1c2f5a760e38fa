"""An encoder and its tokenizer by name, for training."""

from collections.abc import Sequence

from lam.encoder.base import BaseEncoder
from lam.encoder.tokens import AnyTokenizer, Tokenizer
from lam.encoder.weights import find_encoder

#: The name of the encoder that is trained from scratch.
BILSTM = "bilstm"


def make_encoder(name: str, texts: Sequence[str], max_length: int) -> tuple[BaseEncoder, AnyTokenizer]:
    """Return an encoder by its name, and the tokenizer that goes with it.

    Args:
        name: `bilstm`, or a name for `find_encoder`.
        texts: what an encoder without a vocabulary of its own learns one from: what is said, and what it is
            said after.
        max_length: texts are cut after so many tokens.

    Raises:
        EncoderError: it can't be used.
    """
    if name == BILSTM:
        from lam.encoder.bilstm import BiLstmEncoder
        from lam.encoder.words import WordTokenizer

        words = WordTokenizer.learn(texts, max_length)
        return BiLstmEncoder(words.vocabulary_size, words.alphabet_size), words
    from lam.encoder.pretrained import Encoder

    folder = find_encoder(name)
    return Encoder(folder), Tokenizer.for_encoder(folder, max_length)
