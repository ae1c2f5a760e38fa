"""Texts as vectors whose cosine says how alike they are, by the pre-trained encoder as it is."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from lam.encoder.weights import DEFAULT

_BATCH, _MAX_LENGTH = 64, 128


class SentenceEncoder:
    """Calls turn texts into vectors. The weights are read at the first call; threads may share it.

    Args:
        name: an encoder, as `find_encoder` takes it.
    """

    def __init__(self, name: str = DEFAULT) -> None:
        self._name = name

    def __call__(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Return vectors of length 1. Shape: (texts, width)

        Raises:
            EncoderError: the encoder can't be used.
        """
        import torch

        module, tokenizer = self._parts
        if not texts:
            return np.zeros((0, module.width), dtype=np.float32)
        # Texts of like length share a batch, so that little of it is padding.
        order = np.argsort(tokenizer.lengths(texts), kind="stable")
        found = np.zeros((len(texts), module.width), dtype=np.float32)
        with torch.inference_mode():
            for start in range(0, len(order), _BATCH):
                part = order[start : start + _BATCH]
                inputs = tokenizer([texts[place] for place in part]).inputs
                pooled = module(*(torch.from_numpy(one) for one in inputs.values()))[1]
                found[part] = torch.nn.functional.normalize(pooled, dim=1).numpy()
        return found

    @cached_property
    def _parts(self) -> tuple[Any, Any]:
        from lam.encoder.factory import make_encoder

        module, tokenizer = make_encoder(self._name, (), _MAX_LENGTH)
        return module.eval(), tokenizer
