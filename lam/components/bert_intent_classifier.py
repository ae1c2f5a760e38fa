"""`BertIntentClassifier`: a fine-tuned encoder as a Rasa intent classifier and entity extractor."""

import dataclasses
from pathlib import Path
from typing import Any, Optional

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier as RasaIntentClassifier
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from lam.components.examples import data_hash, training_examples
from lam.components.fingerprint import encoder_hash, source_hash
from lam.components.held_back import report_held_back
from lam.components.spans import to_rasa
from lam.components.turns import last_turn
from lam.understanding import IntentClassifier, Recipe
from lam.understanding.explain import explain
from lam.understanding.training.progress import progress_bar

#: The key of a message that says how much it looks like what the model was trained for.
SCOPE = "scope"
#: The key of a message that says why it is read as it is, where the component is to `explain`.
EXPLANATION = "explanation"


@DefaultV1Recipe.register(
    [DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR],
    is_trainable=True,
)
class BertIntentClassifier(RasaIntentClassifier, GraphComponent, EntityExtractorMixin):
    """Fine-tunes the encoder that `encoder` names and writes `intent`, `intent_ranking` and `entities`.

    `contexts` names a folder or file of messages that follow a turn of the bot, `stories` one of Rasa's
    stories and rules: where either is set, messages are read in the light of what the bot has said since the
    user spoke last. It also writes `scope`, how much a message looks like what the model was trained for, and
    whether that is too little. With `entity_recognition: false` it leaves entities to other components.
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
        """The recipe's hyperparameters, and the adapter's own keys.

        `contexts` names messages with the bot's turn before them, `stories` Rasa's stories and rules,
        `domain` what the bot's responses say in these. `state` names a folder where an interrupted
        training goes on and the full-precision weights stay, `report` one for the report on the texts
        held back. `explain` adds to each message why it is read as it is, at the price of reading it once
        more for each of its words.
        """
        own = {"ranking_length": 10, "entity_recognition": True, "explain": False}
        paths = dict.fromkeys(("contexts", "stories", "domain", "state", "report"))
        return {**dataclasses.asdict(Recipe()), **own, **paths}

    @staticmethod
    def required_packages() -> list[str]:
        """What must be importable; torch and transformers are needed for training only."""
        return ["onnxruntime", "tokenizers"]

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Retrain when code below this adapter changes, the encoder's folder, or a file that a key names."""
        code = source_hash("components", "encoder", "understanding")
        return code + encoder_hash(config["encoder"]) + data_hash(config)

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
        examples, recipe = training_examples(training_data, self._config), Recipe.of(self._config)
        state = Path(self._config["state"]) if self._config["state"] else None
        with progress_bar("Understanding") as progress:
            self._classifier = IntentClassifier.fit(examples, recipe, progress, state=state)
        with self._model_storage.write_to(self._resource) as folder:
            self._classifier.save(folder)
        if self._config["report"]:
            report_held_back(self._classifier, examples, recipe, Path(self._config["report"]))
        return self._resource

    # Optional, not `| None`: Rasa compares annotations, and knows only the former.
    def process(
        self,
        messages: list[Message],
        tracker: Optional[DialogueStateTracker] = None,  # noqa: UP045
    ) -> list[Message]:
        """Write each message's intent, ranking, entities and scope."""
        if self._classifier is None:
            raise RuntimeError("Expected a trained BertIntentClassifier. Run `rasa train`.")
        texts = [message.get(TEXT) or "" for message in messages]
        listens = tracker and (self._config["contexts"] or self._config["stories"])
        contexts = [last_turn(tracker)] * len(texts) if listens else None
        readings = self._classifier.predict(texts, self._config["ranking_length"], contexts)
        for message, reading in zip(messages, readings, strict=True):
            ranking = [{"name": intent, "confidence": confidence} for intent, confidence in reading.ranking]
            best = {"name": reading.intent, "confidence": reading.confidence}
            message.set(INTENT, best, add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
            found = self.add_extractor_name([to_rasa(span) for span in reading.spans])
            message.set(ENTITIES, message.get(ENTITIES, []) + found, add_to_output=True)
            message.set(SCOPE, {"score": reading.scope, "outside": reading.outside}, add_to_output=True)
        if self._config["explain"]:
            for place, message in enumerate(messages):
                why = explain(self._classifier, texts[place], contexts[place] if contexts else "")
                message.set(EXPLANATION, dataclasses.asdict(why), add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Rasa asks for it; nothing further down learns from predicted intents."""
        return training_data
