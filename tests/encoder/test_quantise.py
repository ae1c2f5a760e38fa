"""int8 products against the float products that they stand for."""

import numpy as np
import onnx
import onnxruntime
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import helper, numpy_helper

from lam.encoder.quantise import RUNTIME, quantise

Floats = np.ndarray


def graph_of(matrix: Floats) -> onnx.ModelProto:
    nodes = [helper.make_node("MatMul", ["x", "matrix"], ["y"])]
    ends = [helper.make_tensor_value_info(name, 1, [None, None, None]) for name in ("x", "y")]
    graph = helper.make_graph(
        nodes, "product", ends[:1], ends[1:], [numpy_helper.from_array(matrix, "matrix")]
    )
    domains = [helper.make_opsetid("", 17), helper.make_opsetid(RUNTIME, 1)]
    return helper.make_model(graph, opset_imports=domains, ir_version=9)


def run(model: onnx.ModelProto, values: Floats) -> Floats:
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    (found,) = session.run(None, {"x": values})
    return np.asarray(found)


def quantised(matrix: Floats, values: Floats) -> onnx.ModelProto:
    model = graph_of(matrix)
    quantise(model.graph, {"x": np.abs(values).max(axis=(0, 1))})
    return model


def drawn(seed: int, rows: int = 5, width: int = 96, columns: int = 128) -> tuple[Floats, Floats]:
    dice = np.random.default_rng(seed)
    values = dice.normal(size=(2, rows, width)).astype(np.float32)
    return dice.normal(size=(width, columns)).astype(np.float32), values


@given(st.integers(0, 2**32 - 1), st.integers(1, 9), st.integers(2, 130), st.integers(64, 150))
@settings(max_examples=30, deadline=None)
def test_int8_products_are_near_the_float_ones(seed: int, rows: int, width: int, columns: int) -> None:
    matrix, values = drawn(seed, rows, width, columns)
    wanted = values @ matrix
    found = run(quantised(matrix, values), values)
    assert np.linalg.norm(found - wanted) < 0.03 * np.linalg.norm(wanted)


def test_a_channel_of_outliers_does_not_drown_the_others() -> None:
    matrix, values = drawn(1)
    values[:, :, 7] *= 100
    matrix[7] /= 100
    wanted = values @ matrix
    found = run(quantised(matrix, values), values)
    assert np.linalg.norm(found - wanted) < 0.03 * np.linalg.norm(wanted)


def test_a_text_reads_the_same_whatever_stands_beside_it() -> None:
    matrix, values = drawn(2)
    model = quantised(matrix, values)
    alone = run(model, values[:1])
    values[1] *= 1000
    assert np.array_equal(run(model, values)[:1], alone)


def test_a_row_of_zeros_stays_zero() -> None:
    matrix, values = drawn(3)
    values[0, 2] = 0
    assert (run(quantised(matrix, values), values)[0, 2] == 0).all()


@pytest.mark.parametrize("width", [95, 96])
def test_no_two_neighbours_overflow_16_bits_without_vnni(width: int) -> None:
    dice = np.random.default_rng(4)
    matrix = dice.choice([-1.0, 0.98], size=(width, 64)).astype(np.float32)
    model = graph_of(matrix)
    quantise(model.graph, {"x": np.ones(width, np.float32)})
    (codes,) = (numpy_helper.to_array(one) for one in model.graph.initializer if one.data_type == 3)
    sizes = np.abs(codes.astype(int))
    assert codes.shape == matrix.shape
    assert (255 * (sizes[:-1:2] + sizes[1::2])).max() < 2**15


def test_few_columns_and_products_of_whole_texts_go_in_blocks() -> None:
    matrix, values = drawn(5, columns=9)
    model = quantised(matrix, values)
    assert [one.op_type for one in model.graph.node] == ["MatMulNBits"]
    model = graph_of(drawn(5)[0])
    quantise(model.graph, {})
    assert [one.op_type for one in model.graph.node] == ["MatMulNBits"]
