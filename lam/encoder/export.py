"""A trained torch module as an int8 ONNX file."""

import tempfile
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import helper
from torch import nn

from lam.encoder.quantise import RUNTIME, Floats, products, quantise
from lam.encoder.tokens import AnyTokenizer, Tokens

_OPSET = 17


def export_int8(
    module: nn.Module, tokenizer: AnyTokenizer, typical: Sequence[str], path: Path, outputs: Mapping[str, int]
) -> None:
    """Write a module that maps a tokenizer's inputs to a tuple of outputs as an int8 ONNX file.

    A text's outputs do not depend on the texts beside it in a batch.

    Args:
        module: has been trained; its outputs have a row a text.
        tokenizer: gives its inputs.
        typical: texts such as it will read, at least two that differ in length; a few hundred are enough.
            How far their activations reach decides what is int8's to tell apart.
        path: of the file to write.
        outputs: each one's name, and 1, or 2 where it has a row a token within the text's.
    """
    with tempfile.TemporaryDirectory() as scratch:
        exported = Path(scratch, "float.onnx")
        ends = min(typical, key=len), max(typical, key=len)
        _trace(module, tokenizer(ends), exported, outputs)
        model = onnx.load(exported)
    quantise(model.graph, _reach(model, [tokenizer([text]) for text in typical]))
    model.opset_import.append(helper.make_opsetid(RUNTIME, 1))
    onnx.checker.check_model(model)
    onnx.save(model, path)


def _trace(module: nn.Module, sample: Tokens, path: Path, outputs: Mapping[str, int]) -> None:
    device, training = next(module.parameters()).device, module.training
    module.eval().cpu()
    inputs = {name: torch.from_numpy(one) for name, one in sample.inputs.items()}
    axes = list(enumerate(("batch", "length", "letters")))
    sizes = {name: one.ndim for name, one in inputs.items()} | dict(outputs)
    try:
        with warnings.catch_warnings():
            # The exporter that is to replace this one needs onnxscript, whose versions don't fit Rasa's.
            warnings.simplefilter("ignore")
            torch.onnx.export(
                module, tuple(inputs.values()), path,
                input_names=list(inputs), output_names=list(outputs),
                dynamic_axes={name: dict(axes[:size]) for name, size in sizes.items()},
                opset_version=_OPSET, dynamo=False,
            )  # fmt: skip
    finally:
        module.to(device).train(training)


def _reach(model: Any, texts: Sequence[Tokens]) -> dict[str, Floats]:
    """Return how far each channel reaches, of those inputs of products that have a row a token."""
    watched = onnx.ModelProto()
    watched.CopyFrom(model)
    names = sorted({one.input[0] for one in products(watched.graph)})
    if not names:
        return {}  # to the runtime no names are all names
    watched.graph.output.extend(helper.make_tensor_value_info(name, 1, None) for name in names)
    session = onnxruntime.InferenceSession(watched.SerializeToString(), providers=["CPUExecutionProvider"])
    reach: dict[str, Floats] = {}
    for text in texts:
        for name, values in zip(names, session.run(names, text.inputs), strict=True):
            if values.ndim == 3:
                found = np.abs(values).max(axis=(0, 1))
                reach[name] = np.maximum(reach.get(name, found), found)
    return reach
