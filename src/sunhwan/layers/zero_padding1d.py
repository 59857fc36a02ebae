"""Zeros before and behind the steps."""

from __future__ import annotations

from typing import Any, final

import numpy as np

from .moved_steps import MovedSteps
from .registry import LAYERS
from .window_arguments import channels_last, two_counts


@final
@LAYERS.register()
class ZeroPadding1D(MovedSteps):
    """Puts steps of zeros before and behind each row.

    Inputs `(rows, steps, features)` give `(rows, steps + sum(padding), features)`. A mask is
    ignored, as in Keras; ragged rows get their zeros at their own ends.

    Args:
        padding: steps before and behind, or one number for both; default 1.
        data_format: `None` or `"channels_last"`.
        kwargs: arguments of `Layer`, `name` and `input_shape` among them.

    Raises:
        ValueError: `padding` is no count, or no two; `data_format` is `"channels_first"`.

    >>> import numpy as np
    >>> ZeroPadding1D((1, 2))(np.array([[[3.0], [4.0]]])).ravel()
    array([0., 3., 4., 0., 0.], dtype=float32)
    """

    def __init__(self, padding: Any = 1, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.padding = two_counts(padding, "padding")
        self.data_format = channels_last(data_format)

    def count(self, steps: Any) -> Any:
        return steps + sum(self.padding)

    def places(self, times: np.ndarray, steps: np.ndarray) -> np.ndarray:
        places = times - self.padding[0]
        return np.where(places < steps, places, -1)
