"""Dense: `y = f(x W + b)` over the last axis."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .activations import Array, activation_backward, activation_forward


class Cache(NamedTuple):
    x: Array
    kernel: Array
    bias: Array | None
    a: Array  # pre-activations
    activation: str


class Gradients(NamedTuple):
    dx: Array
    dkernel: Array
    dbias: Array | None


def dense_forward(
    x: Array, kernel: Array, bias: Array | None, *, activation: str = "linear"
) -> tuple[Array, Cache]:
    """`x` (..., I), `kernel` (I, O), `bias` (O,): (..., O)."""
    a = x @ kernel
    if bias is not None:
        a = a + bias
    return activation_forward(activation, a), Cache(x, kernel, bias, a, activation)


def dense_backward(cache: Cache, dy: Array) -> Gradients:
    x, kernel, bias, a, activation = cache
    da = activation_backward(activation, a, dy)
    inputs, outputs = kernel.shape
    da_rows = da.reshape(-1, outputs)
    return Gradients(
        dx=da @ kernel.T,
        dkernel=x.reshape(-1, inputs).T @ da_rows,
        dbias=None if bias is None else np.asarray(da_rows.sum(axis=0)),
    )
