"""Trains Rasa's DIET for `pace`: how long each epoch took, and what is read after it.

    python -m benchmarks.pace_diet ASKED.json

Rasa's own components, in the order of its default pipeline; what they read is looked at between the epochs.
"""

from pathlib import Path
from typing import Any
from unittest.mock import patch

from benchmarks.rasa_models import DIET
from benchmarks.turns import Turns, take_part
from lam.understanding import evaluate

_BATCH = 256


def _trained(asked: dict[str, Any], folder: Path, turns: Turns) -> dict[str, Any]:
    import rasa.nlu.classifiers.diet_classifier as module
    import tensorflow as tf
    from rasa.engine.storage.local_model_storage import LocalModelStorage
    from rasa.shared.nlu.training_data.training_data import TrainingData

    tf.get_logger().setLevel("ERROR")  # that reading between epochs compiles anew is no news
    *features, diet = _components(LocalModelStorage.create(folder), asked["epochs"])
    training = TrainingData(_messages(asked["train"]))
    turns.begin()
    for one in features:
        if hasattr(one, "train"):
            one.train(training)
        one.process_training_data(training)
    with turns.aside():
        parts = {name: _Part(features, asked[name]) for name in ("held", "test")}
    read: list[list[float]] = []

    class Watch(tf.keras.callbacks.Callback):  # type: ignore[misc]
        def on_epoch_end(self, epoch: int, logs: object = None) -> None:
            seconds = turns.seconds()
            with turns.aside():
                read.append([seconds, parts["held"].accuracy(diet)])
            turns.pause(seconds)

    with patch.object(module.train_utils, "create_common_callbacks", lambda *_: [Watch()]):
        diet.train(training)
    return {"epochs": read, "whole": turns.seconds(), "test": parts["test"].accuracy(diet)}


class _Part:
    """Messages with their features, and what they mean."""

    def __init__(self, features: list[Any], rows: list[list[str]]) -> None:
        self._intents = [intent for _, intent in rows]
        self._messages = _messages([[text, None] for text, _ in rows])
        for one in features:
            one.process(self._messages)
        self._data: Any = None

    def accuracy(self, diet: Any) -> float:
        """Return the share of intents that DIET reads as it is now."""
        if self._data is None:
            self._data = diet._create_model_data(self._messages, training=False)
        # It remembers the vectors of the intents, and what it has compiled for them: those of an epoch ago.
        diet.model.prepare_for_predict()
        diet.model._tf_predict_step = None
        scores = diet.model.run_inference(self._data, _BATCH, ["i_scores"])["i_scores"]
        best = scores.reshape(len(self._intents), -1).argmax(axis=1)
        return evaluate(self._intents, [diet.index_label_id_mapping[place] for place in best]).accuracy


def _components(storage: Any, epochs: int) -> list[Any]:
    """Return the components of the default pipeline up to DIET."""
    from rasa.engine.graph import ExecutionContext, GraphSchema
    from rasa.engine.recipes.default_recipe import DefaultV1Recipe
    from rasa.engine.storage.resource import Resource

    found: list[Any] = []
    for place, entry in enumerate(DIET):
        own = {**entry, "epochs": epochs} if entry["name"] == "DIETClassifier" else entry
        kind = DefaultV1Recipe._from_registry(own["name"]).clazz
        config = {**kind.get_default_config(), **{key: own[key] for key in own if key != "name"}}
        node = f"{place}_{own['name']}"
        found.append(
            kind.create(config, storage, Resource(node), ExecutionContext(GraphSchema({}), node_name=node))
        )
        if own["name"] == "DIETClassifier":
            break
    return found


def _messages(rows: list[list[Any]]) -> list[Any]:
    from rasa.shared.nlu.training_data.message import Message

    return [Message.build(text, intent) for text, intent in rows]


if __name__ == "__main__":
    take_part(_trained)
