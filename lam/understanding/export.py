"""The fine-tuned model as it is served: one ONNX file that also holds the examples which vote."""

from collections.abc import Sequence
from pathlib import Path

from torch import Tensor, nn

from lam.encoder.export import export_int8
from lam.encoder.tokens import Tokenizer
from lam.understanding.finetune import JointModel, embed


class _Served(nn.Module):
    """Scores of intents and tags, and the cosines with the remembered examples where there are any."""

    def __init__(self, model: JointModel, memory: Tensor | None) -> None:
        super().__init__()
        self._model = model
        self._memory = None if memory is None else nn.Parameter(memory.T.contiguous(), requires_grad=False)

    def forward(self, ids: Tensor, mask: Tensor) -> tuple[Tensor, ...]:
        scores, tags, vector = self._model(ids, mask)
        return (scores, tags) if self._memory is None else (scores, tags, vector @ self._memory)


def export(model: JointModel, tokenizer: Tokenizer, memory: Sequence[str], path: Path) -> None:
    """Write the model as int8 ONNX with the outputs `intents`, `tags` and, with a memory, `similarities`.

    Args:
        model: has been trained.
        tokenizer: its own.
        memory: texts whose cosines with a message are wanted.
        path: of the file to write.
    """
    vectors = embed(model, tokenizer, memory).to(model.head.weight.device) if memory else None
    export_int8(
        _Served(model, vectors), path, {"intents": 1, "tags": 2} | ({"similarities": 1} if memory else {})
    )
