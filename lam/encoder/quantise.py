"""int8 for a float ONNX graph: the products of tokens, the products of whole texts, and big tables."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from onnx import helper, numpy_helper

Floats = npt.NDArray[np.float32]

#: The domain of the runtime's own operators.
RUNTIME = "com.microsoft"
# Values of a column that share a scale in a product of whole texts.
_BLOCK = 32
_INT8_ACTIVATIONS = 4
# With fewer columns a product is so cheap that blocks, which are truer, cost nothing.
_WIDE = 64
# How much of a channel's outliers goes over into the weights.
_SMOOTHING = 0.6
_LEVELS = 127
# CPUs without VNNI add the products of two neighbours in 16 bits: more than this would overflow there.
_PAIR = 128
# Smaller tables (positions, token types) stay as they are: they would save nothing.
_BIG_TABLE = 4096
_TINY = 1e-9


def products(graph: Any) -> list[Any]:
    """Return the nodes that multiply by a constant matrix."""
    constants = {one.name for one in graph.initializer}
    return [one for one in graph.node if one.op_type == "MatMul" and one.input[1] in constants]


def quantise(graph: Any, reach: Mapping[str, Floats]) -> None:
    """Make the constant matrices and big tables of a graph int8, in place.

    Where each token has a row, a row of activations is quantised by its own greatest value, and a column of
    weights by its own; before, channels whose activations are far greater than others' are scaled down, and
    their weights up (Xiao et al., "SmoothQuant", ICML 2023). A text's vector is multiplied in blocks of 32
    values, which are slower and truer. Big tables have a scale a row, so that rare words keep their
    precision. No text's outputs depend on the texts beside it in a batch.

    Args:
        graph: of an ONNX model in float32.
        reach: of the inputs that have a row a token, the greatest absolute value of each channel on typical
            texts. Shape: (channels,)
    """
    editor = _Editor(graph)
    for node in products(graph):
        matrix = editor.constant(node.input[1])
        if node.input[0] in reach and matrix.shape[1] >= _WIDE:
            editor.by_rows(node, matrix, reach[node.input[0]])
        else:
            editor.by_blocks(node, matrix)
    editor.tables()
    editor.finish()


class _Editor:
    """Replaces nodes of a graph by others, and keeps the constants that are still wanted."""

    def __init__(self, graph: Any) -> None:
        self._graph = graph
        self._constants = {one.name: one for one in graph.initializer}
        self._instead: dict[str, list[Any]] = {}
        self._rows: dict[str, tuple[str, Floats]] = {}

    def constant(self, name: str) -> Floats:
        found: Floats = numpy_helper.to_array(self._constants[name])
        return found

    def finish(self) -> None:
        """Put the new nodes in the places of the old ones."""
        nodes = [new for old in self._graph.node for new in self._instead.get(old.output[0], [old])]
        wanted = {name for node in nodes for name in node.input}
        kept = [one for name, one in self._constants.items() if name in wanted]
        del self._graph.node[:], self._graph.initializer[:]
        self._graph.node.extend(nodes)
        self._graph.initializer.extend(kept)

    def by_blocks(self, node: Any, matrix: Floats) -> None:
        codes, scales = _blocks(matrix)
        name = node.input[1]
        weights = [self._add(f"{name}_codes", codes), self._add(f"{name}_scales", scales)]
        product = helper.make_node(
            "MatMulNBits", [node.input[0], *weights], list(node.output), node.name, domain=RUNTIME,
            K=matrix.shape[0], N=matrix.shape[1], bits=8, block_size=_BLOCK, accuracy_level=_INT8_ACTIVATIONS,
        )  # fmt: skip
        self._instead[node.output[0]] = [product]

    def by_rows(self, node: Any, matrix: Floats, reach: Floats) -> None:
        values, output = node.input[0], node.output[0]
        nodes = []
        if values not in self._rows:
            readers = [one for one in products(self._graph) if one.input[0] == values]
            smooth = _smoothing(
                reach, np.concatenate([self.constant(one.input[1]) for one in readers], axis=1)
            )
            self._rows[values] = (f"{values}_codes", smooth)
            nodes += self._quantised_rows(values, smooth)
        codes, smooth = self._rows[values]
        columns, scales = _columns(matrix * smooth[:, None])
        weights = self._add(f"{output}_weights", columns), self._add(f"{output}_scales", scales)
        self._instead[output] = [
            *nodes,
            helper.make_node(
                "MatMulIntegerToFloat", [codes, weights[0], _STEP, weights[1], _ZERO], [f"{output}_shares"],
                domain=RUNTIME,
            ),
            helper.make_node("Mul", [f"{output}_shares", f"{values}_greatest"], [output]),
        ]  # fmt: skip

    def _quantised_rows(self, values: str, smooth: Floats) -> list[Any]:
        """Return nodes that make a row's codes around 128, and its greatest value."""
        self._add(_STEP, np.array(1 / _LEVELS, np.float32))
        self._add(_ZERO, np.array(128, np.uint8))
        inverse, tiny = (
            self._add(f"{values}_smooth", 1 / smooth),
            self._add("tiny", np.array(_TINY, np.float32)),
        )
        smoothed, sizes, greatest = f"{values}_smoothed", f"{values}_sizes", f"{values}_greatest"
        return [
            helper.make_node("Mul", [values, inverse], [smoothed]),
            helper.make_node("Abs", [smoothed], [sizes]),
            helper.make_node("ReduceMax", [sizes], [f"{greatest}_or_zero"], axes=[-1], keepdims=1),
            # A row of zeros would be divided by zero.
            helper.make_node("Max", [f"{greatest}_or_zero", tiny], [greatest]),
            helper.make_node("Div", [smoothed, greatest], [f"{values}_shares"]),
            helper.make_node("QuantizeLinear", [f"{values}_shares", _STEP, _ZERO], [f"{values}_codes"]),
        ]

    def tables(self) -> None:
        """Replace Gather(table) by Gather(int8 table) · Gather(scales): a row each."""
        big = {name for name, one in self._constants.items() if one.dims and one.dims[0] > _BIG_TABLE}
        for node in self._graph.node:
            if node.op_type != "Gather" or node.input[0] not in big:
                continue
            rows = self.constant(node.input[0])
            scales = (np.abs(rows).max(axis=1, keepdims=True).clip(1e-12) / _LEVELS).astype(np.float32)
            name, indices, output = node.input[0], node.input[1], node.output[0]
            codes = self._add(f"{name}_codes", np.round(rows / scales).astype(np.int8))
            self._instead[output] = [
                helper.make_node("Gather", [codes, indices], [f"{output}_codes"]),
                helper.make_node("Cast", [f"{output}_codes"], [f"{output}_floats"], to=1),
                helper.make_node(
                    "Gather", [self._add(f"{name}_scales", scales), indices], [f"{output}_scales"]
                ),
                helper.make_node("Mul", [f"{output}_floats", f"{output}_scales"], [output]),
            ]

    def _add(self, name: str, values: npt.NDArray[Any]) -> str:
        self._constants[name] = numpy_helper.from_array(values, name)
        return name


_STEP, _ZERO = "step_of_codes", "zero_of_codes"


def _smoothing(reach: Floats, matrix: Floats) -> Floats:
    """Return what each channel is divided by before it is quantised. Shape: (channels,)"""
    activations, weights = reach.clip(1e-5), np.abs(matrix).max(axis=1).clip(1e-6)
    factors = activations**_SMOOTHING / weights ** (1 - _SMOOTHING)
    even: Floats = (factors / np.exp(np.log(factors).mean())).astype(np.float32)
    return even


def _columns(matrix: Floats) -> tuple[npt.NDArray[np.int8], Floats]:
    """Return the codes of the columns, and the scale of each. Shape: (rows, columns) and (columns,)"""
    sizes = np.abs(np.pad(matrix, ((0, len(matrix) % 2), (0, 0))))
    greatest = np.maximum(sizes.max(axis=0) / _LEVELS, (sizes[::2] + sizes[1::2]).max(axis=0) / _PAIR)
    scales = greatest.clip(1e-12).astype(np.float32)
    return np.round(matrix / scales).astype(np.int8), scales


def _blocks(matrix: Floats) -> tuple[npt.NDArray[np.uint8], Floats]:
    """Cut the columns into blocks of codes around 128, each with its scale.

    Shape: (rows, columns) to (columns, blocks, block) and (columns, blocks).
    """
    rows, columns = matrix.shape
    padded = np.pad(matrix, ((0, -rows % _BLOCK), (0, 0)))
    blocks = padded.T.reshape(columns, -1, _BLOCK)
    scales = (np.abs(blocks).max(axis=2, keepdims=True) / _LEVELS).clip(1e-12)
    codes = np.round(blocks / scales) + 128
    return codes.astype(np.uint8), scales[:, :, 0].astype(np.float32)
