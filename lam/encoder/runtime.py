"""Runs an exported model on one thread, without torch."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from lam.encoder.tokens import Tokenizer

Scores = npt.NDArray[np.float32]
_BATCH = 32


class OnnxModel:
    """An ONNX file with inputs `ids` and `mask`, and its tokenizer. Threads may share it."""

    def __init__(self, path: Path, tokenizer: Tokenizer) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        # One thread a message: requests are what runs side by side.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            path.read_bytes(), options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer = tokenizer

    def __call__(self, texts: Sequence[str]) -> Scores:
        """Return a row of scores for each of at least one text. Shape: (texts, scores)"""
        if len(texts) == 1:
            return self._run(texts)
        # Texts of like length share a batch, so that little of it is padding.
        order = np.argsort(self._tokenizer.lengths(texts), kind="stable")
        parts = [order[start : start + _BATCH] for start in range(0, len(order), _BATCH)]
        scores = np.concatenate([self._run([texts[place] for place in part]) for part in parts])
        restored: Scores = scores[np.argsort(order)]
        return restored

    def _run(self, texts: Sequence[str]) -> Scores:
        tokens = self._tokenizer(texts)
        scores: Scores = self._session.run(None, {"ids": tokens.ids, "mask": tokens.mask})[0]
        return scores
