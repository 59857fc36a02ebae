"""The linear maps around attention of several heads."""

from __future__ import annotations

import math

import numpy as np

from sunhwan import _core
from sunhwan._engine.context import Context
from sunhwan._engine.variable import Variable


class Projection:
    """`x W + b` over the last axis, whose kernel and bias may have axes for heads.

    Args:
        kernel: its first axes are those of the inputs, its last those of the outputs.
        bias: of the outputs' axes, or `None`.
        inputs: how many axes of the kernel are the inputs'.
    """

    def __init__(self, kernel: Variable, bias: Variable | None, inputs: int) -> None:
        self._kernel, self._bias = kernel, bias
        self._shape = math.prod(kernel.shape[:inputs]), math.prod(kernel.shape[inputs:])

    def forward(self, x: np.ndarray, context: Context) -> np.ndarray:
        """`(N, T, outputs)` of `(N, T, inputs)`."""
        inputs, outputs = self._shape
        y = context.empty((*x.shape[:2], outputs))
        _core.product(
            x.reshape(-1, inputs),
            self._kernel.value.reshape(self._shape),
            y.reshape(-1, outputs),
            bias=None if self._bias is None else self._bias.value.reshape(-1),
        )
        return y

    def backward(self, x: np.ndarray, dy: np.ndarray, context: Context) -> np.ndarray:
        """The gradient of x; adds to those of kernel and bias."""
        inputs, outputs = self._shape
        kernel, bias = self._kernel, self._bias
        dx = context.empty(x.shape)
        _core.linear_backward(
            x.reshape(-1, inputs),
            kernel.value.reshape(self._shape),
            dy.reshape(-1, outputs),
            kernel.grad.reshape(self._shape) if kernel.trainable else None,
            bias.grad.reshape(-1) if bias is not None and bias.trainable else None,
            dx.reshape(-1, inputs),
        )
        return dx


def parted(x: np.ndarray, heads: int, context: Context) -> np.ndarray:
    """`(N, T, heads * dim)` as `(N * heads, T, dim)`."""
    rows, steps, whole = x.shape
    parts = context.empty((rows, heads, steps, whole // heads))
    parts[...] = x.reshape(rows, steps, heads, -1).transpose(0, 2, 1, 3)
    return parts.reshape(rows * heads, steps, whole // heads)


def side_by_side(parts: np.ndarray, heads: int, context: Context) -> np.ndarray:
    """`(N * heads, T, dim)` as `(N, T, heads * dim)`."""
    rows = len(parts) // heads
    _, steps, size = parts.shape
    whole = context.empty((rows, steps, heads, size))
    whole[...] = parts.reshape(rows, heads, steps, size).transpose(0, 2, 1, 3)
    return whole.reshape(rows, steps, heads * size)
