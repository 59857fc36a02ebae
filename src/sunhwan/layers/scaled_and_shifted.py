"""The base of the layers that normalize, then scale by a gamma and shift by a beta."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from sunhwan._engine.variable import Variable

from .axes import axes_of, from_end, to_end
from .layer import Shape
from .steps_layer import StepsLayer
from .treated import Treated


class ScaledAndShifted(Treated, StepsLayer):
    """A layer that treats some axes together, as vectors, each number with its gamma and beta.

    `__init__` has the arguments `axis`, `scale` and `center`, and calls `treat` for `"gamma"` and
    `"beta"`; `build` calls `add_gamma_and_beta`.
    """

    axis: Any
    scale: bool
    center: bool
    gamma: Variable | None
    beta: Variable | None

    def add_gamma_and_beta(self, input_shape: Shape) -> tuple[int, ...]:
        """Find the axes in the input's shape and declare gamma and beta; return their shape."""
        self._axes = axes_of(self, self.axis, input_shape)
        if self._axes != (len(input_shape) - 1,):
            self.takes = "array"
        shape = tuple(input_shape[a] or 0 for a in self._axes)
        self._size = math.prod(shape)
        self.gamma = self.add_treated("gamma", shape) if self.scale else None
        self.beta = self.add_treated("beta", shape) if self.center else None
        return shape

    def as_rows(self, values: Any) -> np.ndarray:
        """The vectors, one a row."""
        if self.takes == "array":
            values = to_end(values, self._axes)
        return values.reshape(-1, self._size)

    def from_rows(self, rows: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
        """What `as_rows` undid: values of this shape."""
        if self.takes == "steps":
            return rows.reshape(shape)
        rest = [size for axis, size in enumerate(shape) if axis not in self._axes]
        return from_end(rows.reshape(*rest, *(shape[a] for a in self._axes)), self._axes)


def value_of(variable: Variable | None) -> np.ndarray | None:
    """The value of a gamma or beta as a vector, where there is one."""
    return None if variable is None else variable.value.reshape(-1)


def gradient_of(variable: Variable | None) -> np.ndarray | None:
    """Its gradient as a vector, where it is trainable."""
    return None if variable is None or not variable.trainable else variable.grad.reshape(-1)
