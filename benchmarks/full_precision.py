"""A trained classifier as it was before it became int8: the torch model behind the same readings."""

import json
import os
from collections.abc import Sequence
from pathlib import Path

import safetensors.torch
import torch

from lam.encoder.factory import make_encoder
from lam.encoder.runtime import Outputs
from lam.encoder.tokens import Word, load_tokenizer
from lam.types import Example
from lam.understanding import IntentClassifier, Recipe
from lam.understanding.tagging import Scheme
from lam.understanding.training.batches import tensors
from lam.understanding.training.finetune import embed
from lam.understanding.training.model import JointModel

#: The file in which a training keeps its state.
STATE = "state.safetensors"
_BATCH = 32


def keep_weights(state: Path, path: Path) -> None:
    """Write the weights that a training ended with into a file, without the optimizer's three times as many.

    Args:
        state: the file that a training has left.
        path: of the file to write.
    """
    tensors = safetensors.torch.load_file(state)
    # A training that watched validation texts ends with the best weights, not with the newest.
    owner = "best/" if any(name.startswith("best/") for name in tensors) else "newest/"
    weights = {name.removeprefix(owner): one for name, one in tensors.items() if name.startswith(owner)}
    safetensors.torch.save_file(weights, path.with_suffix(".new"))
    os.replace(path.with_suffix(".new"), path)


def read_with_torch(folder: Path, weights: Path) -> IntentClassifier:
    """Return a classifier that reads with weights in full precision.

    All that stands around the model stays as it is served: spelling, temperature, votes. The examples that
    vote are remembered in all of the encoder's dimensions.

    Args:
        folder: of the classifier.
        weights: that `keep_weights` wrote, of its own training.
    """
    classifier = IntentClassifier.load(folder)
    classifier._model = _TorchModel(folder, weights)  # type: ignore[assignment]
    return classifier


class _TorchModel:
    """What `lam.encoder.runtime.OnnxModel` is to a classifier."""

    def __init__(self, folder: Path, weights: Path) -> None:
        facts = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["facts"]
        recipe = Recipe.of(facts["recipe"])
        self._tokenizer = load_tokenizer(folder)
        encoder, _ = make_encoder(recipe.encoder, (), recipe.max_length)
        self._model = JointModel(encoder, len(facts["intents"]), Scheme(facts["entities"]), recipe)
        # As the training did, so that the weights fit.
        encoder.freeze(recipe.frozen_layers)
        encoder.adapt(recipe.lora_rank)
        self._model.load_state_dict(safetensors.torch.load_file(weights))
        self._model.settle()
        self._model.eval()
        remembered = json.loads((folder / "examples.json").read_text(encoding="utf-8"))
        examples = [Example(text, intent, context=context) for text, intent, context in remembered]
        self._memory = embed(self._model, self._tokenizer, examples).T if examples else None

    def __call__(self, texts: Sequence[str], contexts: Sequence[str] | None = None) -> list[Outputs]:
        pairs = zip(texts, contexts or [""] * len(texts), strict=True)
        examples = [Example(text, "", context=context) for text, context in pairs]
        found: list[Outputs] = []
        for start in range(0, len(examples), _BATCH):
            inputs = tensors(self._tokenizer, examples[start : start + _BATCH], self._model.device)
            with torch.no_grad():
                scores, tags, vectors = self._model(*inputs)
            outputs = {"intents": scores, "tags": tags}
            if self._memory is not None:
                outputs["similarities"] = vectors @ self._memory
            rows = zip(*(one.numpy() for one in outputs.values()), strict=True)
            found += [dict(zip(outputs, row, strict=True)) for row in rows]
        return found

    def words(self, text: str) -> list[Word]:
        return self._tokenizer.words([text])[0]
