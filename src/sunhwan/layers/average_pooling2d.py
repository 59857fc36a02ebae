"""The mean of each window of an image."""

from __future__ import annotations

from typing import Any, final

from .image_pooling import ImagePooling
from .pooling import AveragePooling
from .registry import LAYERS


@final
@LAYERS.register("AvgPool2D")
class AveragePooling2D(AveragePooling, ImagePooling):
    """The mean of each window and channel.

        y[i, j, c] = mean over k, l of x[i * strides + k, j * strides + l, c]

    Inputs `(rows, height, width, channels)` give `(rows, windows down, windows across, channels)`,
    along each axis `(pixels - pool_size) // strides + 1` windows for `"valid"` and
    `ceil(pixels / strides)` for `"same"`.

    Args:
        pool_size: height and width of a window, or one number for both.
        strides: pixels from a window to the next, likewise; `None`, the default: `pool_size`.
        padding: `"valid"` (windows inside the image alone) or `"same"` (windows reach over the
            edges evenly; the mean is that of the pixels inside).
        data_format: `None` or `"channels_last"`.
        kwargs: arguments of `Layer`, `name` and `input_shape` among them.

    Raises:
        ValueError: an argument is out of range; an image is smaller than a window, with `"valid"`.

    >>> import numpy as np
    >>> AveragePooling2D(2)(np.arange(16.0).reshape(1, 4, 4, 1)).ravel()
    array([ 2.5,  4.5, 10.5, 12.5], dtype=float32)
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
