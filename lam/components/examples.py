"""What `BertIntentClassifier` learns from: Rasa's training data, and the files that its own keys name."""

import dataclasses
from pathlib import Path
from typing import Any

from rasa.shared.exceptions import RasaException
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.training_data import TrainingData

from lam.components.fingerprint import files_hash
from lam.components.spans import from_rasa
from lam.types import Example
from lam.understanding.corpus.domain import Domain, read_domain
from lam.understanding.corpus.reader import DataError, read_examples
from lam.understanding.corpus.stories import read_stories


def training_examples(training_data: TrainingData, config: dict[str, Any]) -> list[Example]:
    """Return all examples with an intent: of the NLU data, of `contexts`, and of `stories`.

    Stories are read from their files, as contexts are: Rasa's own story graph is missing in `rasa train nlu`.

    Raises:
        RasaException: a file that a key names is missing, or can't be read.
    """
    examples = [
        Example(message.get(TEXT), message.get(INTENT), from_rasa(message))
        for message in training_data.intent_examples
        if message.get(TEXT) and message.get(INTENT)
    ]
    try:
        if config["contexts"]:
            examples += read_examples(Path(config["contexts"]))
        if config["stories"]:
            domain = read_domain(Path(config["domain"])) if config["domain"] else Domain()
            located = read_stories([Path(config["stories"])], domain, examples, config["seed"])
            examples += [example for example, _ in located]
    except DataError as error:  # Rasa tells of its own errors in a line, and of others in a traceback
        raise RasaException(str(error)) from error
    if config["entity_recognition"]:
        return examples
    return [dataclasses.replace(one, spans=()) for one in examples]


def data_hash(config: dict[str, Any]) -> str:
    """Return a hash of the files that the keys name, so that a change of them retrains."""
    named = [Path(config[key]) for key in ("contexts", "stories", "domain") if config.get(key)]
    return "".join(map(files_hash, named))
