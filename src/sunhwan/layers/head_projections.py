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

    @property
    def outputs(self) -> int:
        """How many numbers a step gets."""
        return self._shape[1]

    def forward(self, x: np.ndarray, context: Context) -> np.ndarray:
        """`(steps, outputs)` of `(steps, inputs)`."""
        y = context.empty((len(x), self._shape[1]))
        bias = None if self._bias is None else self._bias.value.reshape(-1)
        _core.product(x, self._kernel.value.reshape(self._shape), y, bias=bias)
        return y

    def backward(self, x: np.ndarray, dy: np.ndarray, context: Context) -> np.ndarray:
        """The gradient of x; adds to those of kernel and bias."""
        kernel, bias = self._kernel, self._bias
        dx = context.empty(x.shape)
        _core.linear_backward(
            x,
            kernel.value.reshape(self._shape),
            dy,
            kernel.grad.reshape(self._shape) if kernel.trainable else None,
            bias.grad.reshape(-1) if bias is not None and bias.trainable else None,
            dx,
        )
        return dx
