"""The mean of each window."""

from __future__ import annotations

from typing import Any, final

import numpy as np

from sunhwan import _core
from sunhwan._engine.context import Context

from .registry import LAYERS
from .window_pooling import Pooled, WindowPooling


@final
@LAYERS.register("AvgPool1D")
class AveragePooling1D(WindowPooling):
    """The mean of each window and feature.

        y[t, f] = mean over k of x[t * strides + k, f]

    Inputs `(rows, steps, features)` give `(rows, windows, features)`, with
    `(steps - pool_size) // strides + 1` windows for `"valid"` and `ceil(steps / strides)` for
    `"same"`. A mask is ignored, as in Keras.

    Args:
        pool_size: steps of a window.
        strides: steps from a window to the next; `None`, the default: `pool_size`.
        padding: `"valid"` (windows inside the row alone) or `"same"` (windows reach over the ends
            evenly; the mean is that of the steps inside).
        data_format: `None` or `"channels_last"`.
        kwargs: arguments of `Layer`, `name` and `input_shape` among them.

    Raises:
        ValueError: an argument is out of range; a row is shorter than a window, with `"valid"`.

    >>> import numpy as np
    >>> x = np.array([[[1.0], [5.0], [2.0], [4.0], [3.0]]])
    >>> AveragePooling1D(2)(x).ravel()
    array([3., 3.], dtype=float32)
    >>> AveragePooling1D(2, padding="same")(x).ravel()
    array([3., 3., 3.], dtype=float32)
    """

    def __init__(
        self,
        pool_size: Any,
        strides: Any = None,
        padding: str = "valid",
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(pool_size, strides, padding, data_format, **kwargs)

    def pool(
        self,
        entries: np.ndarray,
        values: np.ndarray | None,
        head: np.ndarray | None,
        out: np.ndarray,
        context: Context,
    ) -> None:
        _core.average_pool(entries, values, head, out)

    def pool_backward(
        self,
        pooled: Pooled,
        dout: np.ndarray,
        dvalues: np.ndarray | None,
        dhead: np.ndarray | None,
    ) -> None:
        _core.average_pool_backward(
            pooled.entries, pooled.offsets, pooled.out_offsets, dout, dvalues, dhead
        )
