"""The recurrent layers beside the reference: the same weights, outputs and every gradient."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
from packed_batches import Run
from reference import (
    assert_close,
    gru_backward,
    gru_forward,
    lstm_backward,
    lstm_forward,
    simple_rnn_backward,
    simple_rnn_forward,
)

from sunhwan import layers

# Sums of some tens of terms of about 1 in float32, carried through at most 20 steps.
TOLERANCE = 1e-5
ROWS, STEPS, FEATURES, UNITS = 5, 7, 3, 6

KINDS = {
    "simple_rnn": (layers.SimpleRNN, {}),
    "lstm": (layers.LSTM, {}),
    "gru": (layers.GRU, {}),
    "gru_reset_before": (layers.GRU, {"reset_after": False}),
}
FUNCTIONS = {
    layers.SimpleRNN: (simple_rnn_forward, simple_rnn_backward),
    layers.LSTM: (lstm_forward, lstm_backward),
    layers.GRU: (gru_forward, gru_backward),
}

RAGGED = {"lengths": [9, 7, 7, 4, 1, 0], "ragged": True}
BATCHES = {
    "dense": {"lengths": [9] * 4},
    "ragged": RAGGED,
    "shared": {"lengths": [9] * 7, "starts": [0, 1, 4, 4, 8, 9, 9]},
    "only padding": {"lengths": [9] * 2, "starts": [9, 9]},
    "tokens": {"lengths": [9] * 4, "tokens": 5},
    "ragged tokens": {**RAGGED, "tokens": 5},
    "shared tokens": {"lengths": [9] * 5, "starts": [2, 3, 3, 8, 9], "tokens": 4},
}


def normal(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def masks():
    """Steps absent in front, behind, in the middle, everywhere; and none."""
    mask = np.ones((ROWS, STEPS), bool)
    mask[0, :3] = False
    mask[1, 4:] = False
    mask[2, 2:4] = False
    mask[2, 6] = False
    mask[3] = False
    return mask


def make(kind: str, units: int, features: int, weights: int = 0, **options: Any) -> Any:
    """A built layer of random weights, biases too, from the seed `weights`."""
    cls, more = KINDS[kind]
    layer = cls(units, **more, **options)
    layer.ensure_built((None, None, features))
    randomize(layer, weights)
    return layer


def randomize(layer: Any, seed: int) -> None:
    random = np.random.default_rng(seed)
    for variable in layer.variables:
        variable.assign(random.standard_normal(variable.shape) / np.sqrt(variable.shape[0] + 1))


class Expected:
    """What the reference gives for `layer` on `x (N, T, I)`."""

    def __init__(self, layer: Any, x: np.ndarray, **options: Any) -> None:
        forward, self._backward = FUNCTIONS[type(layer)]
        self._layer = layer
        if not isinstance(layer, layers.SimpleRNN):
            options["recurrent_activation"] = layer.recurrent_activation.__name__
        if isinstance(layer, layers.GRU):
            options["reset_after"] = layer.reset_after
        weights = [weight.astype(np.float64) for weight in layer.get_weights()]
        outputs, self._cache = forward(
            x.astype(np.float64),
            *[*weights, None][:3],
            activation=layer.activation.__name__,
            go_backwards=layer.go_backwards,
            zero_output_for_mask=layer.zero_output_for_mask,
            **options,
        )
        self.states = outputs.states
        self.output = outputs.sequence if layer.return_sequences else outputs.last

    def backward(self, dy: np.ndarray | None, dstates: Any = None) -> Any:
        """`dx`, the gradients of the variables in their order, those of the first states.

        Args:
            dy: gradient of the output, or `None`.
            dstates: gradients of the final states, or `None`.
        """
        which = "d_sequence" if self._layer.return_sequences else "d_last"
        gradients = self._backward(self._cache, **{which: dy}, d_states=dstates)
        weights = [gradients.dkernel, gradients.drecurrent_kernel, gradients.dbias]
        present = [d for d in weights if d is not None]
        return gradients.dx, present, gradients.dinitial_states


def check_packed(stack, packed, cuts=(), tolerance=TOLERANCE):
    """The layers on a packed batch against the same on its rows in full, and the first alone
    against the reference."""
    dense = packed.dense()
    whole = Run(stack, dense)
    dys = [normal(*y.shape, seed=n) for n, y in enumerate(whole.outputs)]
    whole = Run(stack, dense, dys)
    part = Run(stack, packed.batch, dys, cuts)
    for actual, expected in zip(part.outputs, whole.outputs, strict=True):
        assert_close(actual, expected, tolerance)
    for actual, expected in zip(part.gradients, whole.gradients, strict=True):
        assert_close(actual, expected, tolerance)
    bounds = dense.layout.offsets
    drows = [whole.dvalues[a:b] for a, b in itertools.pairwise(bounds)]
    dvalues, dhead = packed.collected(drows)
    if dvalues is not None:
        assert_close(part.dvalues, dvalues, tolerance)
    if part.dhead is not None and dhead is not None:
        assert_close(part.dhead, dhead, tolerance)
