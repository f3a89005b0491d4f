"""Writes the smallest model that ONNX Runtime 1.23 crashes on: float16, a transposition before a multiplication.

    python transposed.py ../src/test/resources/io/earthembed/onnx/golden/transposed.onnx.gz
"""

import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

import store

nodes = [
    helper.make_node("Cast", ["inputs"], ["half"], to=TensorProto.FLOAT16),
    helper.make_node("LayerNormalization", ["half", "scale"], ["normal"]),
    helper.make_node("Transpose", ["normal"], ["turned"], perm=[1, 0, 2]),
    helper.make_node("MatMul", ["turned", "weights"], ["product"]),
    helper.make_node("Transpose", ["product"], ["back"], perm=[1, 0, 2]),
    helper.make_node("Cast", ["back"], ["rows"], to=TensorProto.FLOAT),
    helper.make_node("ReduceMean", ["rows", "axes"], ["embedding"], keepdims=0),
]
weights = [
    numpy_helper.from_array(np.ones(48, np.float16), "scale"),
    numpy_helper.from_array(np.random.default_rng(0).standard_normal((48, 48)).astype(np.float16), "weights"),
    numpy_helper.from_array(np.array([1]), "axes"),
]
graph = helper.make_graph(
    nodes, "transposed",
    [helper.make_tensor_value_info("inputs", TensorProto.FLOAT, ["n", 3, 48])],
    [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["n", 48])],
    weights,
)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
onnx.checker.check_model(model)
store.write(sys.argv[1], model.SerializeToString())
