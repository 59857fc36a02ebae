"""The mean of each window."""

from __future__ import annotations

from typing import Any, final

from .pooling import AveragePooling
from .registry import LAYERS
from .window_pooling import WindowPooling


@final
@LAYERS.register("AvgPool1D")
class AveragePooling1D(AveragePooling, WindowPooling):
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
