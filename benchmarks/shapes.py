"""The shapes between the layers of a workload's model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from benchmarks import translator
from benchmarks.workload import Layer

Shape = tuple[int, ...]  # without rows; () for one id, (T,) for ids
GATES = {"SimpleRNN": 1, "LSTM": 4, "GRU": 3}


def walk(layers: tuple[Layer, ...] | list[Layer], shape: Shape) -> Iterator[tuple[Layer, Shape]]:
    """Yield each layer and the shape that comes to it, and at last an empty layer and the output.

    Args:
        layers: the model.
        shape: of a row of the input: ``(T,)`` for ids, else ``(T, I)``.
    """
    for layer in layers:
        yield layer, shape
        shape = output_shape(layer, shape)
    yield {}, shape


def output_shape(layer: Layer, shape: Shape) -> Shape:
    """The shape of a row after `layer`.

    >>> output_shape({"kind": "LSTM", "units": 32}, (500, 8))
    (32,)
    """
    kind = layer["kind"]
    if kind == "Embedding":
        return (*shape, layer["output_dim"])
    if kind == "Dense":
        return (*shape[:-1], layer["units"])
    if kind == "Translator":
        return (*shape, layer["words"])
    if kind == "Conv1D":
        return (shape[0] - layer["kernel_size"] + 1, layer["filters"])
    if kind == "MaxPooling1D":
        return (shape[0] // layer["pool_size"], shape[1])
    if kind == "GlobalMaxPooling1D":
        return shape[1:]
    if kind == "Bidirectional":
        inner = output_shape(layer["layer"], shape)
        return (*inner[:-1], 2 * inner[-1])
    if kind in GATES:
        units = layer["units"]
        return (shape[0], units) if layer.get("return_sequences") else (units,)
    raise ValueError(f"the benchmark knows no layer of the kind {kind!r}")


def weights_of(
    layers: list[Layer], shape: Shape, seed: int = 0, fresh: bool = False
) -> list[np.ndarray]:
    """Random weights in the order and layout of Keras, the same ones for every package.

    Args:
        layers: the model.
        shape: of a row of the input.
        seed: of the weights.
        fresh: whether biases are those of an untrained model, zero but for the forget gates' one;
            else they are random, so that a package that swaps them is found out.
    """
    random = np.random.default_rng(seed)
    found: list[np.ndarray] = []
    for layer, before in walk(layers, shape):
        if layer:
            found += _weights(layer, before, random, fresh)
    return [weight.astype(np.float32) for weight in found]


def _weights(layer: Layer, shape: Shape, random: Any, fresh: bool) -> list[np.ndarray]:
    kind = layer["kind"]

    def bias(*size: int) -> np.ndarray:
        return np.zeros(size) if fresh else 0.1 * random.random(size)

    if kind == "Translator":
        return translator.weights(layer, random, fresh)
    if kind == "Embedding":
        return [random.uniform(-0.05, 0.05, (layer["input_dim"], layer["output_dim"]))]
    if kind == "Dense":
        return [_glorot(random, shape[-1], layer["units"]), bias(layer["units"])]
    if kind == "Conv1D":
        width, filters = layer["kernel_size"], layer["filters"]
        kernel = _glorot(random, width * shape[-1], filters).reshape(width, shape[-1], filters)
        return [kernel, bias(filters)]
    if kind == "Bidirectional":
        both = (_weights(layer["layer"], shape, random, fresh) for _ in range(2))
        return [weight for one in both for weight in one]
    if kind in GATES:
        units, gates = layer["units"], GATES[kind]
        orthogonal = np.linalg.qr(random.standard_normal((gates * units, units)))[0].T
        own = bias(2, gates * units) if kind == "GRU" else bias(gates * units)
        if fresh and kind == "LSTM":
            own[units : 2 * units] = 1.0  # the forget gates
        kernel = _glorot(random, shape[-1], gates * units)
        return [kernel, np.ascontiguousarray(orthogonal), own]
    return []


def _glorot(random: Any, inputs: int, outputs: int) -> np.ndarray:
    limit = (6 / (inputs + outputs)) ** 0.5
    return random.uniform(-limit, limit, (inputs, outputs))
