"""A pre-trained encoder as a torch module, for training."""

from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from transformers import AutoModel
from transformers.utils import logging

from lam.encoder.dropout import replace_dropout


class Encoder(nn.Module):
    """A Hugging Face encoder with mean pooling: token ids to a vector a token, and one for the text."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        # Rows such as a pooler that is not used are no news to anybody.
        before = logging.get_verbosity()
        logging.set_verbosity_error()
        logging.disable_progress_bar()
        try:
            # Eager attention: the fused kernels can't be traced for ONNX.
            self.inner: Any = AutoModel.from_pretrained(
                folder, attn_implementation="eager", dtype=torch.float32
            )
        finally:
            logging.set_verbosity(before)
            logging.enable_progress_bar()
        replace_dropout(self.inner)
        self.width: int = self.inner.config.hidden_size

    def freeze(self, layers: int) -> None:
        """Keep the lowest layers as pre-trained, and all that they read; nothing when there are none.

        Raises:
            ValueError: the encoder hasn't so many layers.
        """
        stack = self.inner.encoder.layer
        if layers > len(stack):
            raise ValueError(f"frozen_layers: expected at most {len(stack)} here, found {layers}.")
        if layers:
            self.inner.embeddings.requires_grad_(False)
            stack[:layers].requires_grad_(False)

    def forward(self, ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Shape of `ids` and `mask`: (batch, length); of the results: that and a width, (batch, width)."""
        hidden: Tensor = self.inner(input_ids=ids, attention_mask=mask).last_hidden_state
        weights = mask.unsqueeze(-1).to(hidden.dtype)
        pooled: Tensor = (hidden * weights).sum(1) / weights.sum(1)
        return hidden, pooled
