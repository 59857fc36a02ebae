"""A vector as steps."""

from __future__ import annotations

from typing import Any, final

import numpy as np

from sunhwan._engine.arguments import check_count
from sunhwan._engine.context import Context

from .checks import check_rank
from .layer import Layer, Shape
from .registry import LAYERS


@final
@LAYERS.register()
class RepeatVector(Layer):
    """Repeats a vector as steps: `(N, F)` to `(N, n, F)`.

    Args:
        n: how many steps.
        kwargs: `name`, `dtype`, `input_shape` (see `Layer`).

    Raises:
        ValueError: `n` is no positive integer, or the input has another rank.

    >>> RepeatVector(2)([[3.0, 4.0]])
    array([[[3., 4.],
            [3., 4.]]], dtype=float32)
    """

    def __init__(self, n: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.n = check_count("n", n)

    def build(self, input_shape: Shape) -> None:
        check_rank(self, input_shape, 2)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        check_rank(self, input_shape, 2)
        return (input_shape[0], self.n, input_shape[1])

    def forward(self, x: np.ndarray, context: Context) -> np.ndarray:
        y = context.empty((len(x), self.n, x.shape[1]))
        np.copyto(y, x[:, None, :])
        return y

    def backward(self, dy: np.ndarray, context: Context) -> np.ndarray:
        dx = context.empty((len(dy), dy.shape[2]))
        return np.sum(dy, axis=1, out=dx)
