"""Rows as vectors."""

from __future__ import annotations

import math
from typing import Any, final

import numpy as np

from sunhwan._engine.context import Context

from .layer import Layer, Shape
from .registry import LAYERS


@final
@LAYERS.register()
class Flatten(Layer):
    """Makes each row a vector: `(N, A, B, ...)` to `(N, A * B * ...)`.

    Args:
        data_format: accepted for Keras's sake; only `None` and `"channels_last"`.
        kwargs: `name`, `dtype`, `input_shape` (see `Layer`).

    Masked steps count: they read what stands there.

    Raises:
        ValueError: `data_format` is another.

    >>> import numpy as np
    >>> Flatten()(np.ones((2, 3, 4))).shape
    (2, 12)
    """

    def __init__(self, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if data_format not in (None, "channels_last"):
            raise ValueError(f"data_format must be 'channels_last', got {data_format!r}")
        self.data_format = "channels_last"

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        rest = input_shape[1:]
        return (input_shape[0], None if None in rest else math.prod(s or 0 for s in rest))

    def replays(self, training: bool) -> bool:
        return True

    def forward(self, x: np.ndarray, context: Context) -> np.ndarray:
        context.saved = x.shape
        return x.reshape(len(x), math.prod(x.shape[1:]))

    def backward(self, dy: np.ndarray, context: Context) -> np.ndarray:
        return dy.reshape(context.saved)
