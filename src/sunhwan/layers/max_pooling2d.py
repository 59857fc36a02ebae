"""The largest value of each window of an image."""

from __future__ import annotations

from typing import Any, final

from .image_pooling import ImagePooling
from .pooling import MaxPooling
from .registry import LAYERS


@final
@LAYERS.register("MaxPool2D")
class MaxPooling2D(MaxPooling, ImagePooling):
    """The largest value of each window and channel.

        y[i, j, c] = max over k, l of x[i * strides + k, j * strides + l, c]

    Inputs `(rows, height, width, channels)` give `(rows, windows down, windows across, channels)`,
    along each axis `(pixels - pool_size) // strides + 1` windows for `"valid"` and
    `ceil(pixels / strides)` for `"same"`. The gradient goes to the first of equal values.

    Args:
        pool_size: height and width of a window, or one number for both; default 2.
        strides: pixels from a window to the next, likewise; `None`, the default: `pool_size`.
        padding: `"valid"` (windows inside the image alone) or `"same"` (windows reach over the
            edges evenly; what is beyond is never the largest).
        data_format: `None` or `"channels_last"`.
        kwargs: arguments of `Layer`, `name` and `input_shape` among them.

    Raises:
        ValueError: an argument is out of range; an image is smaller than a window, with `"valid"`.

    >>> import numpy as np
    >>> MaxPooling2D()(np.arange(16.0).reshape(1, 4, 4, 1)).ravel()
    array([ 5.,  7., 13., 15.], dtype=float32)
    """

    def __init__(
        self,
        pool_size: Any = (2, 2),
        strides: Any = None,
        padding: str = "valid",
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(pool_size, strides, padding, data_format, **kwargs)
