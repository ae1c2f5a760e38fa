"""A trained torch module as an int8 ONNX file."""

import logging
import tempfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import nn

_OPSET = 17
# Smaller tables (positions, token types) stay as they are: they would save nothing.
_BIG_TABLE = 4096


def export_int8(module: nn.Module, path: Path) -> None:
    """Write a module that maps (ids, mask) to one row of scores a text as a dynamically quantised ONNX file.

    Matrix weights get one int8 scale a column, embedding tables one a row, so that rare words keep their
    precision; activations are quantised when the model runs.
    """
    with tempfile.TemporaryDirectory() as scratch:
        exported, quantised = Path(scratch, "float.onnx"), Path(scratch, "int8.onnx")
        _trace(module, exported)
        level = logging.getLogger().level
        logging.getLogger().setLevel(logging.ERROR)  # it advises a pre-processing that changes nothing here
        try:
            quantize_dynamic(
                exported,
                quantised,
                op_types_to_quantize=["MatMul"],
                per_channel=True,
                weight_type=QuantType.QInt8,
            )
        finally:
            logging.getLogger().setLevel(level)
        model = onnx.load(quantised)
    _quantise_tables(model.graph)
    onnx.checker.check_model(model)
    onnx.save(model, path)


def _trace(module: nn.Module, path: Path) -> None:
    device, training = next(module.parameters()).device, module.training
    module.eval().cpu()
    ids = torch.ones((2, 8), dtype=torch.int64)
    mask = torch.tensor([[1] * 8, [1] * 5 + [0] * 3])
    axes = {0: "batch", 1: "length"}
    try:
        with warnings.catch_warnings():
            # The exporter that is to replace this one needs onnxscript, whose versions don't fit Rasa's.
            warnings.simplefilter("ignore")
            torch.onnx.export(
                module, (ids, mask), path,
                input_names=["ids", "mask"], output_names=["scores"],
                dynamic_axes={"ids": axes, "mask": axes, "scores": {0: "batch"}},
                opset_version=_OPSET, dynamo=False,
            )  # fmt: skip
    finally:
        module.to(device).train(training)


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
