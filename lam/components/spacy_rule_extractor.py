"""`SpacyRuleExtractor`: amounts, dates, IBANs, card endings, currencies and cities by spaCy rules."""

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from lam.components.spans import to_rasa
from lam.understanding.rules import RuleReader


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class SpacyRuleExtractor(GraphComponent, EntityExtractorMixin):
    """Adds the entities that `lam.understanding.rules` finds; training data need not mark them."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The blank pipeline's language, the cities to know, the currency that goes without saying."""
        return {"language": "en", "cities": [], "home_currency": "EUR"}

    @staticmethod
    def required_packages() -> list[str]:
        """What must be importable."""
        return ["spacy"]

    def __init__(self, config: dict[str, Any]) -> None:
        self._reader = RuleReader(config["language"], config["cities"], config["home_currency"])

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "SpacyRuleExtractor":
        """Make the component."""
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        """Add what is found to each message's entities."""
        for message in messages:
            found = [to_rasa(span) for span in self._reader.read(message.get(TEXT) or "")]
            known = message.get(ENTITIES, [])
            message.set(ENTITIES, known + self.add_extractor_name(found), add_to_output=True)
        return messages
