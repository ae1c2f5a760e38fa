"""`BlankSpacyTokenizer`: spaCy's tokens without a downloaded model."""

from typing import Any

import spacy
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class BlankSpacyTokenizer(Tokenizer):
    """Splits texts with the blank pipeline of `language`; Rasa's own SpacyTokenizer wants a full model."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The language, and the keys that Rasa's base class reads."""
        return {
            "language": "en",
            "intent_tokenization_flag": False,
            "intent_split_symbol": "_",
            "token_pattern": None,
            "prefix_separator_symbol": None,
        }

    @staticmethod
    def required_packages() -> list[str]:
        """What must be importable."""
        return ["spacy"]

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        self._pipeline = spacy.blank(config["language"])

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "BlankSpacyTokenizer":
        """Make the component."""
        return cls(config)

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """Return the tokens of a message's attribute; offsets are those of the original text."""
        text = message.get(attribute)
        tokens = [Token(token.text, token.idx) for token in self._pipeline(text) if not token.is_space]
        # Featurizers expect a token at least.
        return list(self._apply_token_pattern(tokens or [Token(text, 0)]))
