"""LSTM, gates in the order i, f, c, o (Hochreiter and Schmidhuber 1997; Gers et al. 2000).

    a = x W + b + h_previous U          four pre-activations: a_i, a_f, a_c, a_o
    i = g(a_i)   f = g(a_f)   o = g(a_o)   candidate = k(a_c)
    c = f * c_previous + i * candidate
    h = o * k(c)

g is `recurrent_activation` and k is `activation`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from .activations import ACTIVATIONS, Array
from .gates import product, product_backward, split
from .recurrent import (
    Cache,
    Dropout,
    Gradients,
    Outputs,
    Weights,
    recurrent_backward,
    recurrent_forward,
)


class Saved(NamedTuple):
    x: Array  # (N, I)
    h: Array  # (N, H), before the step
    c: Array  # (N, H), before the step
    a: Array  # (N, 4*H), pre-activations
    c_new: Array  # (N, H)


@dataclass(frozen=True)
class LSTMCell:
    activation: str = "tanh"
    recurrent_activation: str = "sigmoid"
    gates: int = 4
    state_count: int = 2

    def step(
        self, x: Array, states: list[Array], weights: Weights, dropout: Dropout
    ) -> tuple[list[Array], Saved]:
        g = ACTIVATIONS[self.recurrent_activation].function
        k = ACTIVATIONS[self.activation].function
        h, c = states
        a = product(x, weights.kernel, dropout.inputs)
        a = a + product(h, weights.recurrent_kernel, dropout.state)
        if weights.bias is not None:
            a = a + weights.bias
        a_i, a_f, a_c, a_o = split(a, self.gates)
        c_new = g(a_f) * c + g(a_i) * k(a_c)
        h_new = g(a_o) * k(c_new)
        return [h_new, c_new], Saved(x, h, c, a, c_new)

    def step_backward(
        self, d_states: list[Array], saved: Saved, weights: Weights, dropout: Dropout
    ) -> tuple[Array, list[Array], Weights]:
        g, d_g = ACTIVATIONS[self.recurrent_activation]
        k, d_k = ACTIVATIONS[self.activation]
        dh_new, dc_new = d_states
        x, h, c, a, c_new = saved
        a_i, a_f, a_c, a_o = split(a, self.gates)

        do = dh_new * k(c_new)
        dc_new = dc_new + dh_new * g(a_o) * d_k(c_new)
        df = dc_new * c
        di = dc_new * k(a_c)
        dcandidate = dc_new * g(a_i)
        dc = dc_new * g(a_f)

        da = np.concatenate(
            [di * d_g(a_i), df * d_g(a_f), dcandidate * d_k(a_c), do * d_g(a_o)], axis=1
        )
        dx, dkernel = product_backward(da, x, weights.kernel, dropout.inputs)
        dh, drecurrent_kernel = product_backward(da, h, weights.recurrent_kernel, dropout.state)
        return dx, [dh, dc], Weights(dkernel, drecurrent_kernel, da.sum(axis=0))


def lstm_forward(
    x: Array,
    kernel: Array,
    recurrent_kernel: Array,
    bias: Array | None,
    *,
    activation: str = "tanh",
    recurrent_activation: str = "sigmoid",
    **options: Any,
) -> tuple[Outputs, Cache]:
    """`x` (N, T, I), `kernel` (I, 4*H), `recurrent_kernel` (H, 4*H), `bias` (4*H,); states: h, c.

    The other options are those of `recurrent_forward`.
    """
    cell = LSTMCell(activation, recurrent_activation)
    return recurrent_forward(cell, x, kernel, recurrent_kernel, bias, **options)


def lstm_backward(
    cache: Cache,
    d_sequence: Array | None = None,
    d_last: Array | None = None,
    d_states: list[Array] | None = None,
) -> Gradients:
    return recurrent_backward(cache, d_sequence, d_last, d_states)
