"""The base of the layers that pool all steps of a row."""

from __future__ import annotations

from typing import Any

import numpy as np

from sunhwan._engine.arguments import check_flag

from .checks import check_steps
from .layer import Layer, Shape
from .window_arguments import channels_last


class GlobalPooling(Layer):
    """Steps `(rows, steps, features)` to one `(rows, features)`.

    Args:
        data_format: `None` or `"channels_last"`.
        keepdims: whether the axis of steps is kept, with length 1.
        kwargs: arguments of `Layer`.

    Raises:
        ValueError: `data_format` is `"channels_first"`.
    """

    takes = "sequences"

    def __init__(
        self, data_format: str | None = None, keepdims: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.data_format = channels_last(data_format)
        self.keepdims = check_flag("keepdims", keepdims)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        features = check_steps(self, input_shape)
        return (input_shape[0], 1, features) if self.keepdims else (input_shape[0], features)

    def build(self, input_shape: Shape) -> None:
        check_steps(self, input_shape)

    def replays(self, training: bool) -> bool:
        return True

    @property
    def saved_floats(self) -> int:
        return 1

    def _shaped(self, y: np.ndarray) -> np.ndarray:
        """The pooled rows `(N, features)` as the layer gives them."""
        return y[:, None, :] if self.keepdims else y
