"""Rows of another shape."""

from __future__ import annotations

import math
from typing import Any, final

import numpy as np

from sunhwan._engine.context import Context

from .layer import Layer, Shape
from .registry import LAYERS


@final
@LAYERS.register()
class Reshape(Layer):
    """Gives each row another shape: `(N, ...)` to `(N, *target_shape)`.

    Args:
        target_shape: shape of a row, positive integers; one may be -1, to be found from the rest.
        kwargs: `name`, `dtype`, `input_shape` (see `Layer`).

    Raises:
        ValueError: the shape is no such shape, or rows have another number of values.

    >>> import numpy as np
    >>> Reshape((2, -1))(np.ones((5, 6))).shape
    (5, 2, 3)
    """

    def __init__(self, target_shape: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        shape = target_shape if isinstance(target_shape, (list, tuple)) else [target_shape]
        whole = all(
            isinstance(s, (int, np.integer)) and s and s >= -1 and not isinstance(s, bool)
            for s in shape
        )
        if not whole or list(shape).count(-1) > 1:
            raise ValueError(
                f"target_shape must hold positive integers and at most one -1, got {target_shape!r}"
            )
        self.target_shape = tuple(int(s) for s in shape)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        rest = input_shape[1:]
        if None in rest:
            return (input_shape[0], *(None if s == -1 else s for s in self.target_shape))
        return (input_shape[0], *self._row_shape(tuple(s or 0 for s in rest)))

    def replays(self, training: bool) -> bool:
        return True

    def forward(self, x: np.ndarray, context: Context) -> np.ndarray:
        context.saved = x.shape
        return x.reshape(len(x), *self._row_shape(x.shape[1:]))

    def backward(self, dy: np.ndarray, context: Context) -> np.ndarray:
        return dy.reshape(context.saved)

    def _row_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        size, known = math.prod(shape), math.prod(s for s in self.target_shape if s != -1)
        found = tuple(size // known if s == -1 else s for s in self.target_shape)
        if math.prod(found) != size:
            raise ValueError(
                f"layer {self.name!r} cannot give rows of shape {shape} "
                f"the shape {self.target_shape}: they have {size} values"
            )
        return found
