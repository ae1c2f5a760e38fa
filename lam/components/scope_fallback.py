"""`ScopeFallback`: asks back when a message is not what the model was trained for, or its reading unsure."""

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.classifiers.fallback_classifier import FallbackClassifier
from rasa.shared.nlu.training_data.message import Message

from lam.components.bert_intent_classifier import SCOPE


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class ScopeFallback(FallbackClassifier):
    """Rasa's `FallbackClassifier`, with its keys, minding also the scope that `BertIntentClassifier` writes.

    The scope's threshold was chosen on validation texts in training and is stored with the model.
    """

    def _should_fallback(self, message: Message) -> bool:
        outside = bool((message.get(SCOPE) or {}).get("outside"))
        return outside or bool(super()._should_fallback(message))
