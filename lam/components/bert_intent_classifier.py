"""`BertIntentClassifier`: a fine-tuned encoder as a Rasa intent classifier and entity extractor."""

import dataclasses
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier as RasaIntentClassifier
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from lam.components.fingerprint import encoder_hash, source_hash
from lam.components.spans import from_rasa, to_rasa
from lam.types import Example
from lam.understanding import IntentClassifier, Recipe
from lam.understanding.progress import progress_bar


@DefaultV1Recipe.register(
    [DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR],
    is_trainable=True,
)
class BertIntentClassifier(RasaIntentClassifier, GraphComponent, EntityExtractorMixin):
    """Fine-tunes the encoder that `encoder` names and writes `intent`, `intent_ranking` and `entities`.

    With `entity_recognition: false` it leaves entities to other components.
    """

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        classifier: IntentClassifier | None = None,
    ) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._classifier = classifier

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The recipe's hyperparameters, the length of the ranking, and whether entities are found."""
        return {**dataclasses.asdict(Recipe()), "ranking_length": 10, "entity_recognition": True}

    @staticmethod
    def required_packages() -> list[str]:
        """What must be importable; torch and transformers are needed for training only."""
        return ["onnxruntime", "tokenizers"]

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Retrain when the library below this adapter changes, or the weights in the encoder's folder."""
        return source_hash("encoder", "understanding") + encoder_hash(config["encoder"])

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "BertIntentClassifier":
        """Make an untrained component."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "BertIntentClassifier":
        """Load a trained component, or raise: an untrained one never serves."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, IntentClassifier.load(folder))

    def train(self, training_data: TrainingData) -> Resource:
        """Fine-tune on all examples with an intent and their entities, and store the classifier."""
        found = self._config["entity_recognition"]
        examples = [
            Example(message.get(TEXT), message.get(INTENT), from_rasa(message) if found else ())
            for message in training_data.intent_examples
            if message.get(TEXT) and message.get(INTENT)
        ]
        with progress_bar("Understanding") as progress:
            self._classifier = IntentClassifier.fit(examples, Recipe.of(self._config), progress)
        with self._model_storage.write_to(self._resource) as folder:
            self._classifier.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Write each message's intent and ranking."""
        if self._classifier is None:
            raise RuntimeError("Expected a trained BertIntentClassifier. Run `rasa train`.")
        texts = [message.get(TEXT) or "" for message in messages]
        readings = self._classifier.predict(texts, limit=self._config["ranking_length"])
        for message, reading in zip(messages, readings, strict=True):
            ranking = [{"name": intent, "confidence": confidence} for intent, confidence in reading.ranking]
            best = {"name": reading.intent, "confidence": reading.confidence}
            message.set(INTENT, best, add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
            found = self.add_extractor_name([to_rasa(span) for span in reading.spans])
            message.set(ENTITIES, message.get(ENTITIES, []) + found, add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Rasa asks for it; nothing further down learns from predicted intents."""
        return training_data
