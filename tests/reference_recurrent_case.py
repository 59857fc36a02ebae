"""The reference's recurrent layers, and random arrays for them."""

import math
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from reference.gru import gru_backward, gru_forward
from reference.lstm import lstm_backward, lstm_forward
from reference.simple_rnn import simple_rnn_backward, simple_rnn_forward


class Layer(NamedTuple):
    forward: Callable[..., Any]
    backward: Callable[..., Any]
    gates: int
    states: int
    bias_shape: Callable[[int], tuple[int, ...]]


LAYERS = {
    "simple_rnn": Layer(simple_rnn_forward, simple_rnn_backward, 1, 1, lambda units: (units,)),
    "lstm": Layer(lstm_forward, lstm_backward, 4, 2, lambda units: (4 * units,)),
    "gru": Layer(gru_forward, gru_backward, 3, 1, lambda units: (2, 3 * units)),
    "gru_reset_before": Layer(
        partial(gru_forward, reset_after=False), gru_backward, 3, 1, lambda units: (3 * units,)
    ),
}


def make_mask(kind, rows, steps, random):
    """Own steps of `rows` rows, padded as `kind` says."""
    mask = np.ones((rows, steps), dtype=bool)
    lengths = random.integers(0, steps + 1, rows)
    for row, length in enumerate(lengths):
        if kind == "before":
            mask[row, : steps - length] = False
        elif kind == "after":
            mask[row, length:] = False
        elif kind == "middle":
            mask[row, 1:length] = False
    if kind == "scattered":
        mask = random.random((rows, steps)) < 0.5
    if kind == "rows":
        mask[::2] = False
    return mask


def make_arrays(name, sizes, random, use_bias=True):
    rows, steps, inputs, units = sizes
    layer = LAYERS[name]
    arrays = {
        "x": random.standard_normal((rows, steps, inputs)),
        "kernel": random.standard_normal((inputs, layer.gates * units)) / math.sqrt(inputs),
        "recurrent_kernel": random.standard_normal((units, layer.gates * units)) / math.sqrt(units),
    }
    if use_bias:
        arrays["bias"] = random.standard_normal(layer.bias_shape(units))
    for index in range(layer.states):
        arrays[f"state{index}"] = random.standard_normal((rows, units))
    return arrays
