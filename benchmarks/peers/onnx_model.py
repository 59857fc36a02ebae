"""The ONNX graph of a workload's model, written from the weights in Keras's layout."""
# pyright: reportMissingImports=false

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper

# ONNX orders the gates of an LSTM i, o, f, c; those of a GRU z, r, h, as Keras does.
_LSTM_ORDER = (0, 3, 1, 2)
_OPERATORS = {"SimpleRNN": "RNN", "LSTM": "LSTM", "GRU": "GRU"}


class Graph:
    """Collects nodes; `value` is the name of what the last node gave."""

    def __init__(self, weights: list[np.ndarray]) -> None:
        self.left = list(weights)
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self.value = "x"

    def constant(self, value: np.ndarray) -> str:
        name = f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def add(self, operator: str, *inputs: str, outputs: int = 1, **attributes: Any) -> str:
        names = [f"value_{len(self.nodes)}_{place}" for place in range(outputs)]
        self.nodes.append(helper.make_node(operator, list(inputs), names, **attributes))
        self.value = names[-1]
        return self.value


def model_of(
    layers: list[dict[str, Any]], weights: list[np.ndarray], ids: bool, inputs: int
) -> Any:
    """The model, from ``x`` (N, T) or (N, T, I) to ``y``.

    Values travel time first, as ONNX's recurrent operators want them; ids are transposed before
    they are looked up, which moves the least.

    Args:
        layers: their descriptions.
        weights: of the layers.
        ids: whether ``x`` are ids.
        inputs: I, if they are not.
    """
    graph = Graph(weights)
    graph.add("Transpose", "x", perm=[1, 0] if ids else [1, 0, 2])
    for layer in layers:
        _WRITERS[layer["kind"]](graph, layer)
    graph.nodes[-1].output[0] = "y"
    shape = ["N", "T"] if ids else ["N", "T", inputs]
    kind = TensorProto.INT32 if ids else TensorProto.FLOAT
    graph_proto = helper.make_graph(
        graph.nodes,
        "model",
        [helper.make_tensor_value_info("x", kind, shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        graph.constants,
    )
    opset = [helper.make_opsetid("", 18)]
    return helper.make_model(graph_proto, opset_imports=opset, ir_version=9)


def _embedding(graph: Graph, layer: dict[str, Any]) -> None:
    graph.add("Gather", graph.constant(graph.left.pop(0)), graph.value)


def _recurrent(graph: Graph, layer: dict[str, Any]) -> None:
    inner = layer.get("layer", layer)
    kind, units = inner["kind"], inner["units"]
    directions = 2 if layer is not inner else 1
    parts = [[graph.left.pop(0) for _ in range(3)] for _ in range(directions)]
    kernel, recurrent, bias = (
        graph.constant(np.stack([_gates_first(part[place], units, kind) for part in parts]))
        for place in range(3)
    )
    attributes = {"hidden_size": units} | ({"linear_before_reset": 1} if kind == "GRU" else {})
    if directions == 2:
        attributes["direction"] = "bidirectional"
    operator = _OPERATORS[kind]
    x = graph.value
    if inner.get("return_sequences"):
        graph.add(operator, x, kernel, recurrent, bias, **attributes)  # (T, D, N, H)
        graph.add("Squeeze", graph.value, graph.constant(np.array([1])))
        return
    graph.add(operator, x, kernel, recurrent, bias, outputs=2, **attributes)  # (D, N, H)
    graph.nodes[-1].output[0] = ""  # the sequence, which nobody reads
    graph.add("Transpose", graph.value, perm=[1, 0, 2])
    graph.add("Reshape", graph.value, graph.constant(np.array([0, directions * units])))


def _gates_first(weight: np.ndarray, units: int, kind: str) -> np.ndarray:
    """Reorder the gates and put them first; a bias gets its other half."""
    order = _LSTM_ORDER if kind == "LSTM" else range(weight.shape[-1] // units)
    gates = weight.reshape(-1, weight.shape[-1] // units, units)[:, list(order)]
    gates = gates.reshape(-1, weight.shape[-1])
    if weight.ndim == 2 and not (kind == "GRU" and len(weight) == 2):
        return gates.T
    return (
        np.concatenate([gates.ravel(), np.zeros_like(weight)]) if len(gates) == 1 else gates.ravel()
    )


def _dense(graph: Graph, layer: dict[str, Any]) -> None:
    kernel, bias = graph.constant(graph.left.pop(0)), graph.constant(graph.left.pop(0))
    graph.add("Gemm", graph.value, kernel, bias)
    if layer["activation"]:
        graph.add({"sigmoid": "Sigmoid", "softmax": "Softmax"}[layer["activation"]], graph.value)


def _convolution(graph: Graph, layer: dict[str, Any]) -> None:
    kernel, bias = graph.left.pop(0), graph.left.pop(0)
    _as_channels(graph)
    weights = graph.constant(kernel.transpose(2, 1, 0))
    graph.add("Conv", graph.value, weights, graph.constant(bias))
    graph.add("Relu", graph.value)
    _as_steps(graph)


def _max_pooling(graph: Graph, layer: dict[str, Any]) -> None:
    size = [layer["pool_size"]]
    _as_channels(graph)
    graph.add("MaxPool", graph.value, kernel_shape=size, strides=size)
    _as_steps(graph)


def _as_channels(graph: Graph) -> None:
    graph.add("Transpose", graph.value, perm=[1, 2, 0])


def _as_steps(graph: Graph) -> None:
    graph.add("Transpose", graph.value, perm=[2, 0, 1])


def _global_max(graph: Graph, layer: dict[str, Any]) -> None:
    graph.add("ReduceMax", graph.value, graph.constant(np.array([0])), keepdims=0)


_WRITERS: dict[str, Callable[[Graph, dict[str, Any]], None]] = {
    "Embedding": _embedding,
    "SimpleRNN": _recurrent,
    "LSTM": _recurrent,
    "GRU": _recurrent,
    "Bidirectional": _recurrent,
    "Dense": _dense,
    "Conv1D": _convolution,
    "MaxPooling1D": _max_pooling,
    "GlobalMaxPooling1D": _global_max,
}
