"""Runs an exported model on one thread, without torch."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from lam.encoder.tokens import AnyTokenizer, Word

Outputs = dict[str, npt.NDArray[np.float32]]
_BATCH = 32


class OnnxModel:
    """An ONNX file that takes a tokenizer's inputs, and that tokenizer. Threads may share it."""

    def __init__(self, path: Path, tokenizer: AnyTokenizer) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        # One thread a message: requests are what runs side by side.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        # By its path: of bytes that it is given the runtime keeps a copy.
        self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self._names = [one.name for one in self._session.get_outputs()]
        self._tokenizer = tokenizer

    def __call__(self, texts: Sequence[str], contexts: Sequence[str] | None = None) -> list[Outputs]:
        """Return the outputs for each of at least one text, by their names, without the axis of the batch.

        Outputs that have a row a token may have more rows than the text has tokens: its context, padding.
        """
        if len(texts) == 1:
            return self._run(texts, contexts)
        contexts = contexts or [""] * len(texts)
        # Texts of like length share a batch, so that little of it is padding.
        order = np.argsort(self._tokenizer.lengths(texts), kind="stable")
        parts = [order[start : start + _BATCH] for start in range(0, len(order), _BATCH)]
        outputs = [
            one
            for part in parts
            for one in self._run([texts[place] for place in part], [contexts[place] for place in part])
        ]
        return [outputs[place] for place in np.argsort(order)]

    def words(self, text: str) -> list[Word]:
        """Return the words of a text, with the places of their rows in outputs that have one a token."""
        return self._tokenizer.words([text])[0]

    def _run(self, texts: Sequence[str], contexts: Sequence[str] | None) -> list[Outputs]:
        outputs = self._session.run(None, self._tokenizer(texts, contexts).inputs)
        return [dict(zip(self._names, row, strict=True)) for row in zip(*outputs, strict=True)]
