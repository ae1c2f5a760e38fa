"""LoRA: a training changes small matrices beside an encoder's weights, and leaves the weights as they are."""

from importlib.util import find_spec
from typing import Any

from torch import nn

from lam.encoder.weights import EncoderError

# What the adapters find counts so many times: a learning rate then suits any rank about as well.
_SCALE = 2
_STACK = "encoder."


def add_adapters(encoder: Any, rank: int) -> Any:
    """Return a Hugging Face encoder of which only adapters learn; at first it computes what it did before.

    Each linear map of attention and feed-forward gets one, unless its layer is frozen. Hu et al., "LoRA:
    Low-Rank Adaptation of Large Language Models", ICLR 2022.

    Args:
        encoder: the layers that are to stay as they are have been frozen.
        rank: of the adapters, at least 1.

    Raises:
        EncoderError: the package peft is missing.
        ValueError: all layers are frozen.
    """
    if find_spec("peft") is None:
        raise EncoderError(
            f"lora_rank {rank}: expected the package peft, found none. "
            "Install lam[lora], or leave lora_rank out."
        )
    from peft import LoraConfig, get_peft_model

    # A pooler, which nothing reads, stands beside the stack.
    names = [
        name
        for name, part in encoder.named_modules()
        if name.startswith(_STACK) and isinstance(part, nn.Linear) and part.weight.requires_grad
    ]
    if not names:
        raise ValueError(
            "lora_rank: expected 0 where all layers are frozen, "
            f"found {rank}. Lower frozen_layers, or leave lora_rank out."
        )
    return get_peft_model(encoder, LoraConfig(r=rank, lora_alpha=_SCALE * rank, target_modules=names))


def merge_adapters(encoder: Any) -> Any:
    """Return the encoder with what its adapters have learned added to its weights; it has none any more."""
    return encoder.merge_and_unload()
