"""The fine-tuned model as it is served: one ONNX file that also holds the examples which vote."""

import random
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

from lam.encoder.export import export_int8
from lam.encoder.tokens import AnyTokenizer
from lam.types import Example
from lam.understanding.training.finetune import embed
from lam.understanding.training.model import JointModel

# The vectors of a fine-tuned model lie near a space of about as many dimensions as it has intents. Cosines in
# this one are the same to the eye, and a memory of twenty thousand examples is a third of the size.
_DIMENSIONS = 128
# So many texts show how far activations reach.
_TYPICAL = 256


class _Served(nn.Module):
    """Scores of intents and tags, and the cosines with the remembered examples where there are any.

    Args:
        model: has been trained.
        memory: the vectors of the examples. Shape: (examples, width)
    """

    def __init__(self, model: JointModel, memory: Tensor | None) -> None:
        super().__init__()
        self._model = model
        self._memory = None
        if memory is not None:
            axes = torch.linalg.eigh(memory.T @ memory).eigenvectors[:, -_DIMENSIONS:]
            near = nn.functional.normalize(memory @ axes, dim=1)
            self._axes = nn.Parameter(axes.contiguous(), requires_grad=False)
            self._memory = nn.Parameter(near.T.contiguous(), requires_grad=False)

    def forward(self, *inputs: Tensor) -> tuple[Tensor, ...]:
        scores, tags, vector = self._model(*inputs)
        if self._memory is None:
            return scores, tags
        return scores, tags, nn.functional.normalize(vector @ self._axes, dim=1) @ self._memory


def export(
    model: JointModel,
    tokenizer: AnyTokenizer,
    memory: Sequence[Example],
    trained_on: Sequence[Example],
    path: Path,
) -> None:
    """Write the model as int8 ONNX with the outputs `intents`, `tags` and, with a memory, `similarities`.

    Args:
        model: has been trained.
        tokenizer: its own.
        memory: examples whose cosines with a message are wanted.
        trained_on: the examples that it has learned.
        path: of the file to write.
    """
    vectors = embed(model, tokenizer, memory).to(model.device) if memory else None
    texts = [one.text for one in trained_on]
    typical = random.Random(1).sample(texts, min(_TYPICAL, len(texts)))
    outputs = {"intents": 1, "tags": 2} | ({"similarities": 1} if memory else {})
    export_int8(_Served(model, vectors), tokenizer, typical, path, outputs)
