"""Conv1D: `y[t] = f(b + sum over taps k of x[position(t, k)] W[k])`, a cross-correlation."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .activations import Array, activation_backward, activation_forward
from .windows import window_positions


class Cache(NamedTuple):
    x: Array
    kernel: Array
    bias: Array | None
    positions: list[list[int | None]]
    a: Array  # pre-activations
    activation: str


class Gradients(NamedTuple):
    dx: Array
    dkernel: Array
    dbias: Array | None


def conv1d_forward(
    x: Array,
    kernel: Array,
    bias: Array | None,
    *,
    strides: int = 1,
    padding: str = "valid",
    dilation_rate: int = 1,
    activation: str = "linear",
) -> tuple[Array, Cache]:
    """`x` (N, T, C), `kernel` (K, C, F), `bias` (F,): (N, outputs, F)."""
    row_count, step_count, _ = x.shape
    taps, _, filters = kernel.shape
    positions = window_positions(step_count, taps, strides, padding, dilation_rate)
    a = np.zeros((row_count, len(positions), filters))
    for output, window in enumerate(positions):
        for tap, t in enumerate(window):
            if t is not None:
                a[:, output] += x[:, t] @ kernel[tap]
    if bias is not None:
        a += bias
    y = activation_forward(activation, a)
    return y, Cache(x, kernel, bias, positions, a, activation)


def conv1d_backward(cache: Cache, dy: Array) -> Gradients:
    x, kernel, bias, positions, a, activation = cache
    da = activation_backward(activation, a, dy)
    dx = np.zeros_like(x)
    dkernel = np.zeros_like(kernel)
    for output, window in enumerate(positions):
        for tap, t in enumerate(window):
            if t is not None:
                dx[:, t] += da[:, output] @ kernel[tap].T
                dkernel[tap] += x[:, t].T @ da[:, output]
    dbias = None if bias is None else np.asarray(da.sum(axis=(0, 1)))
    return Gradients(dx, dkernel, dbias)
