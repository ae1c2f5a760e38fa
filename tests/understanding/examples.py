"""A few sentences that even an untrained encoder learns to tell apart."""

from lam.types import Example

_SENTENCES = {
    "balance": (
        "what is my balance", "how much money is in my account", "show balance", "balance please",
        "how much have i", "show me the account balance", "what money have i", "my balance please",
    ),
    "lost": (
        "my card is lost", "i lost my card", "card stolen", "the card is gone", "my card is missing",
        "lost card", "they have stolen the card", "card gone missing",
    ),
    "greet": ("hello", "hi", "hi you", "hello you", "good to see you", "hello hello", "hi hi", "good hello"),
}  # fmt: skip

EXAMPLES = [Example(text, intent) for intent, texts in _SENTENCES.items() for text in texts]
