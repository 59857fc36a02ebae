"""Axes in another order."""

from __future__ import annotations

from typing import Any, final

import numpy as np

from sunhwan._engine.context import Context

from .checks import check_rank
from .layer import Layer, Shape
from .registry import LAYERS


@final
@LAYERS.register()
class Permute(Layer):
    """Puts the axes of a row in another order.

    Args:
        dims: which axis of the input each axis of the output is, counted from 1; the batch axis,
            0, is not among them. `(2, 1)` exchanges steps and features.
        kwargs: `name`, `dtype`, `input_shape` (see `Layer`).

    Raises:
        ValueError: `dims` is no order of 1, 2, ..., or the input has another rank.

    >>> import numpy as np
    >>> Permute((2, 1))(np.ones((5, 6, 7))).shape
    (5, 7, 6)
    """

    def __init__(self, dims: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        given = list(dims) if isinstance(dims, (list, tuple)) else []
        if not given or sorted(given) != list(range(1, len(given) + 1)):
            raise ValueError(
                f"dims must be a tuple of 1 to {len(given) or 'n'} in some order, got {dims!r}"
            )
        self.dims = tuple(given)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        check_rank(self, input_shape, len(self.dims) + 1)
        return (input_shape[0], *(input_shape[axis] for axis in self.dims))

    def forward(self, x: np.ndarray, context: Context) -> np.ndarray:
        check_rank(self, x.shape, len(self.dims) + 1)
        return _copy(x.transpose(0, *self.dims), context)

    def backward(self, dy: np.ndarray, context: Context) -> np.ndarray:
        return _copy(dy.transpose(np.argsort((0, *self.dims))), context)


def _copy(view: np.ndarray, context: Context) -> np.ndarray:
    values = context.empty(view.shape)
    np.copyto(values, view)
    return values
