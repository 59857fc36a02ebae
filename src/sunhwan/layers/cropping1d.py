"""Steps left out at both ends."""

from __future__ import annotations

from typing import Any, final

import numpy as np

from .moved_steps import MovedSteps
from .registry import LAYERS
from .window_arguments import channels_last, two_counts


@final
@LAYERS.register()
class Cropping1D(MovedSteps):
    """Leaves out the first and the last steps of each row.

    Inputs `(rows, steps, features)` give `(rows, steps - sum(cropping), features)`. A mask is
    ignored, as in Keras; ragged rows are cropped at their own ends.

    Args:
        cropping: steps to leave out in front and behind, or one number for both; default 1.
        data_format: `None` or `"channels_last"`.
        kwargs: arguments of `Layer`, `name` and `input_shape` among them.

    Raises:
        ValueError: `cropping` is no count, or no two; later, no step of a row is left.

    >>> import numpy as np
    >>> Cropping1D((1, 2))(np.arange(5.0).reshape(1, 5, 1)).ravel()
    array([1., 2.], dtype=float32)
    """

    def __init__(
        self, cropping: Any = (1, 1), data_format: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.cropping = two_counts(cropping, "cropping")
        self.data_format = channels_last(data_format)

    def count(self, steps: Any) -> Any:
        return steps - sum(self.cropping)

    def places(self, times: np.ndarray, steps: np.ndarray) -> np.ndarray:
        return times + self.cropping[0]
