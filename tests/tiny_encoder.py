"""A BERT small enough to train in a test: random weights, and a vocabulary of characters and a few words."""

import string
from pathlib import Path

WORDS = [
    "balance",
    "card",
    "lost",
    "money",
    "send",
    "my",
    "is",
    "the",
    "to",
    "what",
    "where",
    "how",
    "much",
    "please",
    "i",
    "you",
    "hello",
    "hi",
    "bye",
    "good",
    "see",
    "stolen",
    "account",
    "have",
    "show",
    "new",
    "old",
    "gone",
    "missing",
]


def save_tiny_encoder(folder: Path, width: int = 32) -> Path:
    """Write the files of an untrained two-layer BERT into a folder; they are the same each time."""
    import torch
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
    from transformers import BertConfig, BertModel

    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *WORDS]
    pieces += list(string.ascii_lowercase + string.digits + string.punctuation)
    pieces += [f"##{one}" for one in string.ascii_lowercase + string.digits]
    vocabulary = {piece: place for place, piece in enumerate(dict.fromkeys(pieces))}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        special_tokens=[("[CLS]", vocabulary["[CLS]"]), ("[SEP]", vocabulary["[SEP]"])],
    )
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    with torch.random.fork_rng():
        torch.manual_seed(7)
        config = BertConfig(
            vocab_size=len(vocabulary),
            hidden_size=width,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=2 * width,
            max_position_embeddings=128,
        )
        model = BertModel(config)
    model.save_pretrained(folder, safe_serialization=True)
    return folder
