"""A pre-trained encoder as a torch module, for training."""

from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from transformers import AutoConfig, AutoModel
from transformers.utils import logging

from lam.encoder.adapters import add_adapters, merge_adapters
from lam.encoder.base import BaseEncoder
from lam.encoder.dropout import Dropout, replace_dropout
from lam.encoder.tokens import CONTEXT, PADDING, TEXT


class Encoder(BaseEncoder):
    """A Hugging Face encoder with mean pooling: token ids to a vector a token, and one for the text."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        # Rows such as a pooler that is not used are no news to anybody.
        before = logging.get_verbosity()
        logging.set_verbosity_error()
        logging.disable_progress_bar()
        try:
            # Eager attention: the fused kernels can't be traced for ONNX.
            config = AutoConfig.from_pretrained(folder)
            # Attention draws its dropout by torch's slow function, whatever module stands there.
            config.attention_probs_dropout_prob = 0.0
            self.inner: Any = AutoModel.from_pretrained(
                folder, config=config, attn_implementation="eager", dtype=torch.float32
            )
        finally:
            logging.set_verbosity(before)
            logging.enable_progress_bar()
        replace_dropout(self.inner)
        self.width: int = self.inner.config.hidden_size
        self._adapted = False

    @property
    def embeddings(self) -> nn.Module:
        layer: nn.Module = self.inner.embeddings
        return layer

    def freeze(self, layers: int) -> None:
        stack = self.inner.encoder.layer
        if layers > len(stack):
            raise ValueError(f"frozen_layers: expected at most {len(stack)} here, found {layers}.")
        if layers:
            for part in (self.inner.embeddings, stack[:layers]):
                part.requires_grad_(False)
                replace_dropout(part, Dropout, 0.0)  # it would only take time

    def adapt(self, rank: int) -> None:
        if rank:
            self.inner, self._adapted = add_adapters(self.inner, rank), True

    def settle(self) -> None:
        if self._adapted:
            self.inner, self._adapted = merge_adapters(self.inner), False

    def forward(self, *inputs: Tensor) -> tuple[Tensor, Tensor]:
        ids, mask = inputs
        given = {"input_ids": ids, "attention_mask": (mask != PADDING).long()}
        if self.inner.config.type_vocab_size > 1:
            given["token_type_ids"] = (mask == CONTEXT).long()
        hidden: Tensor = self.inner(**given).last_hidden_state
        weights = (mask == TEXT).unsqueeze(-1).to(hidden.dtype)
        pooled: Tensor = (hidden * weights).sum(1) / weights.sum(1)
        return hidden, pooled
