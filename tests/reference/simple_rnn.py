"""SimpleRNN: `h = f(x W + b + h_previous U)`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from .activations import ACTIVATIONS, Array
from .gates import product, product_backward
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
    a: Array  # (N, H), pre-activation


@dataclass(frozen=True)
class SimpleRNNCell:
    activation: str = "tanh"
    gates: int = 1
    state_count: int = 1

    def step(
        self, x: Array, states: list[Array], weights: Weights, dropout: Dropout
    ) -> tuple[list[Array], Saved]:
        (h,) = states
        a = product(x, weights.kernel, dropout.inputs)
        a = a + product(h, weights.recurrent_kernel, dropout.state)
        if weights.bias is not None:
            a = a + weights.bias
        return [ACTIVATIONS[self.activation].function(a)], Saved(x, h, a)

    def step_backward(
        self, d_states: list[Array], saved: Saved, weights: Weights, dropout: Dropout
    ) -> tuple[Array, list[Array], Weights]:
        (dh_new,) = d_states
        x, h, a = saved
        da = dh_new * ACTIVATIONS[self.activation].derivative(a)
        dx, dkernel = product_backward(da, x, weights.kernel, dropout.inputs)
        dh, drecurrent_kernel = product_backward(da, h, weights.recurrent_kernel, dropout.state)
        return dx, [dh], Weights(dkernel, drecurrent_kernel, da.sum(axis=0))


def simple_rnn_forward(
    x: Array,
    kernel: Array,
    recurrent_kernel: Array,
    bias: Array | None,
    *,
    activation: str = "tanh",
    **options: Any,
) -> tuple[Outputs, Cache]:
    """`x` (N, T, I), `kernel` (I, H), `recurrent_kernel` (H, H), `bias` (H,); state: h.

    The other options are those of `recurrent_forward`.
    """
    cell = SimpleRNNCell(activation)
    return recurrent_forward(cell, x, kernel, recurrent_kernel, bias, **options)


def simple_rnn_backward(
    cache: Cache,
    d_sequence: Array | None = None,
    d_last: Array | None = None,
    d_states: list[Array] | None = None,
) -> Gradients:
    return recurrent_backward(cache, d_sequence, d_last, d_states)
