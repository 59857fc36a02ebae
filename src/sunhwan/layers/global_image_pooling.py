"""Pooling over all pixels of an image."""

from __future__ import annotations

from typing import final

import numpy as np

from sunhwan import _core
from sunhwan._engine.arguments import check_flag
from sunhwan._engine.context import Context

from .image_arguments import check_image, image_format
from .layer import Layer, Shape
from .registry import LAYERS


class GlobalImagePooling(Layer):
    """Images `(rows, height, width, channels)` to `(rows, channels)`.

    Args:
        data_format: `None` or `"channels_last"`.
        keepdims: whether height and width are kept, with length 1.
        kwargs: arguments of `Layer`.

    Raises:
        ValueError: `data_format` is another.
    """

    def __init__(
        self, data_format: str | None = None, keepdims: bool = False, **kwargs: object
    ) -> None:
        super().__init__(**kwargs)  # type: ignore[arg-type]
        self.data_format = image_format(data_format)
        self.keepdims = check_flag("keepdims", keepdims)

    def build(self, input_shape: Shape) -> None:
        check_image(self, input_shape)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        channels = check_image(self, input_shape)
        kept = (1, 1) if self.keepdims else ()
        return (input_shape[0], *kept, channels)

    def replays(self, training: bool) -> bool:
        return True

    def _shaped(self, y: np.ndarray) -> np.ndarray:
        """The pooled images `(N, channels)` as the layer gives them."""
        return y[:, None, None, :] if self.keepdims else y


def _pixels(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """All images' pixels `(Q, channels)`, and each image's first `(N + 1,)` int64."""
    images, height, width, channels = x.shape
    return x.reshape(-1, channels), np.arange(images + 1) * (height * width)


@final
@LAYERS.register("GlobalAvgPool2D")
class GlobalAveragePooling2D(GlobalImagePooling):
    """The mean of each channel over all pixels of an image.

        y[c] = mean over i, j of x[i, j, c]

    Inputs `(rows, height, width, channels)` give `(rows, channels)`.

    Args:
        data_format: `None` or `"channels_last"`.
        keepdims: whether the output is `(rows, 1, 1, channels)`; default false.
        kwargs: arguments of `Layer`, `name` and `input_shape` among them.

    Raises:
        ValueError: `data_format` is another.

    >>> import numpy as np
    >>> GlobalAveragePooling2D()(np.arange(8.0).reshape(1, 2, 2, 2))
    array([[3., 4.]], dtype=float32)
    """

    def forward(self, x: np.ndarray, context: Context) -> np.ndarray:
        check_image(self, x.shape)
        pixels, offsets = _pixels(x)
        y = context.empty((len(x), pixels.shape[1]))
        _core.global_average(offsets, None, pixels, None, y)
        context.saved = offsets, x.shape
        return self._shaped(y)

    def backward(self, dy: np.ndarray, context: Context) -> np.ndarray | None:
        if not context.wants_dx:
            return None
        offsets, shape = context.saved
        dx = context.empty(shape)
        dpixels = dx.reshape(-1, shape[-1])
        _core.global_average_backward(offsets, None, dy.reshape(-1, shape[-1]), dpixels, None)
        return dx


@final
@LAYERS.register("GlobalMaxPool2D")
class GlobalMaxPooling2D(GlobalImagePooling):
    """The largest value of each channel over all pixels of an image.

        y[c] = max over i, j of x[i, j, c]

    Inputs `(rows, height, width, channels)` give `(rows, channels)`. Equally large values share the
    gradient equally.

    Args:
        data_format: `None` or `"channels_last"`.
        keepdims: whether the output is `(rows, 1, 1, channels)`; default false.
        kwargs: arguments of `Layer`, `name` and `input_shape` among them.

    Raises:
        ValueError: `data_format` is another.

    >>> import numpy as np
    >>> GlobalMaxPooling2D()(np.arange(8.0).reshape(1, 2, 2, 2))
    array([[6., 7.]], dtype=float32)
    """

    def forward(self, x: np.ndarray, context: Context) -> np.ndarray:
        check_image(self, x.shape)
        pixels, offsets = _pixels(x)
        y, share = (context.empty((len(x), pixels.shape[1])) for _ in range(2))
        _core.global_max(offsets, None, pixels, None, None, y, share)
        context.saved = offsets, x, y, share
        return self._shaped(y)

    def backward(self, dy: np.ndarray, context: Context) -> np.ndarray | None:
        if not context.wants_dx:
            return None
        offsets, x, y, share = context.saved
        pixels, dx = x.reshape(-1, x.shape[-1]), context.empty(x.shape)
        dpixels, dy = dx.reshape(pixels.shape), dy.reshape(y.shape)
        _core.global_max_backward(offsets, None, pixels, None, y, share, dy, dpixels, None)
        return dx
