"""Dropout that does not hold a fine-tune up."""

from typing import Any

import torch
from torch import Tensor, nn

_LEVELS = 256


class Dropout(nn.Module):
    """Zeroes a share of the values while training, as torch.nn.Dropout does, with a random byte for each.

    Torch draws a double for each value; on a CPU that takes a sixth of a small encoder's fine-tune.

    Args:
        p: the share in [0, 1), which is rounded to a multiple of 1/256.
    """

    def __init__(self, p: float) -> None:
        super().__init__()
        self.p = p  # Hugging Face reads it
        self._dropped = round(p * _LEVELS)

    def forward(self, values: Tensor) -> Tensor:
        """Shape: any, kept."""
        if not self.training or not self._dropped:
            return values
        words = torch.empty(-(-values.numel() // 8), dtype=torch.int64, device=values.device)
        # From the lowest number on and without a highest: all 64 bits are drawn.
        draws = words.random_(torch.iinfo(torch.int64).min, None).view(torch.uint8)
        kept = draws[: values.numel()].view(values.shape) >= self._dropped
        return values * (kept.to(values.dtype) * (_LEVELS / (_LEVELS - self._dropped)))


def replace_dropout(
    module: nn.Module, kind: type[nn.Module] = nn.Dropout, share: float | None = None
) -> None:
    """Put `Dropout` in the place of each dropout of a kind within a module, with its share or another one."""
    for parent in list(module.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, kind):
                own: Any = child
                setattr(parent, name, Dropout(own.p if share is None else share))
