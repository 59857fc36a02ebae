"""The base of the layers that pool windows of images."""

from __future__ import annotations

from typing import Any

import numpy as np

from sunhwan._engine.context import Context
from sunhwan._engine.image_windows import ImageWindows

from .image_arguments import check_image, image_format, two_integers
from .layer import Shape
from .pooling import Pooled, Pooling
from .window_arguments import one_of


class ImagePooling(Pooling):
    """Replaces each window of pixels by one.

    Args:
        pool_size: height and width of a window, or one number for both.
        strides: pixels from a window to the next, likewise; `None`: `pool_size`.
        padding: `"valid"`, or `"same"`: windows at the edges may be smaller.
        data_format: `None` or `"channels_last"`.
        kwargs: arguments of `Layer`.

    Raises:
        ValueError: an argument is out of range.
    """

    def __init__(
        self, pool_size: Any, strides: Any, padding: str, data_format: str | None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.pool_size = two_integers(pool_size, "pool_size")
        self.strides = self.pool_size if strides is None else two_integers(strides, "strides")
        self.padding = one_of(padding, "padding", ("valid", "same"))
        self.data_format = image_format(data_format)

    @property
    def windows(self) -> ImageWindows:
        """Size, strides and padding of the windows."""
        return ImageWindows(self.pool_size, self.strides, padding=self.padding)

    def build(self, input_shape: Shape) -> None:
        check_image(self, input_shape)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        channels = check_image(self, input_shape)
        rows, height, width, _ = input_shape
        return (rows, *self.windows.checked_count(height, width, self.name), channels)

    def forward(self, x: np.ndarray, context: Context) -> np.ndarray:
        check_image(self, x.shape)
        images, height, width, channels = x.shape
        down, across = self.windows.checked_count(height, width, self.name)
        entries = self.windows.map(images, height, width)
        y = context.empty((len(entries), channels))
        source = self.pool(entries, x.reshape(-1, channels), None, y, context)
        numbers = np.arange(images + 1)
        offsets, out_offsets = numbers * (height * width), numbers * (down * across)
        context.saved = Pooled(entries, source, offsets, out_offsets), x.shape
        return y.reshape(images, down, across, channels)

    def backward(self, dy: np.ndarray, context: Context) -> np.ndarray | None:
        if not context.wants_dx:
            return None
        pooled, shape = context.saved
        channels = dy.shape[-1]
        dx = context.empty(shape)
        self.pool_backward(pooled, dy.reshape(-1, channels), dx.reshape(-1, channels), None)
        return dx
