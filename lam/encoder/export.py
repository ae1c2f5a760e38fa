"""A trained torch module as an int8 ONNX file."""

import tempfile
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import torch
from onnx import helper, numpy_helper
from torch import nn

from lam.encoder.tokens import Tokens

_OPSET = 17
# Values of a column that share a scale. One scale for the whole of a text's activations, as in ONNX's own
# dynamic quantisation, is faster by a third but reads one message in fifty unlike the trained model does.
_BLOCK = 32
# Smaller tables (positions, token types) stay as they are: they would save nothing.
_BIG_TABLE = 4096
_RUNTIME = "com.microsoft"
_INT8_ACTIVATIONS = 4


def export_int8(module: nn.Module, sample: Tokens, path: Path, outputs: Mapping[str, int]) -> None:
    """Write a module that maps a tokenizer's inputs to a tuple of outputs as an int8 ONNX file.

    Matrix weights get one scale for each 32 values of a column, and so do activations when the model runs;
    embedding tables get one a row, so that rare words keep their precision. A text's outputs do not depend on
    the texts beside it in a batch.

    Args:
        module: has been trained; its outputs have a row a text.
        sample: some inputs of it, at least two texts that differ in length.
        path: of the file to write.
        outputs: each one's name, and 1, or 2 where it has a row a token within the text's.
    """
    with tempfile.TemporaryDirectory() as scratch:
        exported = Path(scratch, "float.onnx")
        _trace(module, sample, exported, outputs)
        model = onnx.load(exported)
    _quantise_matrices(model.graph)
    _quantise_tables(model.graph)
    model.opset_import.append(helper.make_opsetid(_RUNTIME, 1))
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


def _quantise_matrices(graph: Any) -> None:
    """Replace each product with a constant matrix by one with its int8 blocks."""
    constants = {one.name: one for one in graph.initializer}
    replaced = set()
    for node in graph.node:
        if node.op_type != "MatMul" or node.input[1] not in constants:
            continue
        name = node.input[1]
        matrix = numpy_helper.to_array(constants[name])
        rows, columns = matrix.shape
        if name not in replaced:
            codes, scales = _blocks(matrix)
            graph.initializer.extend(
                [
                    numpy_helper.from_array(codes, f"{name}_codes"),
                    numpy_helper.from_array(scales, f"{name}_scales"),
                ]
            )
            replaced.add(name)
        product = helper.make_node(
            "MatMulNBits", [node.input[0], f"{name}_codes", f"{name}_scales"], list(node.output), node.name,
            domain=_RUNTIME, K=rows, N=columns, bits=8, block_size=_BLOCK, accuracy_level=_INT8_ACTIVATIONS,
        )  # fmt: skip
        node.CopyFrom(product)
    for name in replaced:
        graph.initializer.remove(constants[name])


def _blocks(matrix: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.float32]]:
    """Cut the columns into blocks of codes around 128, each with its scale.

    Shape: (rows, columns) to (columns, blocks, block) and (columns, blocks).
    """
    rows, columns = matrix.shape
    padded = np.pad(matrix, ((0, -rows % _BLOCK), (0, 0)))
    blocks = padded.T.reshape(columns, -1, _BLOCK)
    scales = (np.abs(blocks).max(axis=2, keepdims=True) / 127).clip(1e-12)
    codes = np.round(blocks / scales) + 128
    return codes.astype(np.uint8), scales[:, :, 0].astype(np.float32)


def _quantise_tables(graph: Any) -> None:
    """Replace Gather(table) by Gather(int8 table) · Gather(scales): a row each."""
    tables = {one.name: one for one in graph.initializer if one.dims and one.dims[0] > _BIG_TABLE}
    for place, node in reversed(list(enumerate(graph.node))):
        table = tables.get(node.input[0]) if node.op_type == "Gather" else None
        if table is None:
            continue
        rows = numpy_helper.to_array(table)
        scales = np.abs(rows).max(axis=1, keepdims=True).clip(1e-12) / 127
        codes = np.round(rows / scales).astype(np.int8)
        name, indices, output = table.name, node.input[1], node.output[0]
        graph.initializer.extend(
            [
                numpy_helper.from_array(codes, f"{name}_codes"),
                numpy_helper.from_array(scales.astype(np.float32), f"{name}_scales"),
            ]
        )
        graph.initializer.remove(table)
        graph.node.remove(node)
        parts = [
            helper.make_node("Gather", [f"{name}_codes", indices], [f"{output}_codes"]),
            helper.make_node("Cast", [f"{output}_codes"], [f"{output}_floats"], to=1),
            helper.make_node("Gather", [f"{name}_scales", indices], [f"{output}_scales"]),
            helper.make_node("Mul", [f"{output}_floats", f"{output}_scales"], [output]),
        ]
        for part in reversed(parts):
            graph.node.insert(place, part)
