"""Every step several times."""

from __future__ import annotations

from typing import Any, final

import numpy as np

from .checks import one_integer
from .moved_steps import MovedSteps
from .registry import LAYERS


@final
@LAYERS.register()
class UpSampling1D(MovedSteps):
    """Repeats each step.

        y[t] = x[t // size]

    Inputs `(rows, steps, features)` give `(rows, steps * size, features)`. A mask is ignored, as in
    Keras.

    Args:
        size: how often each step comes; default 2.
        kwargs: arguments of `Layer`, `name` and `input_shape` among them.

    Raises:
        ValueError: `size` is no positive integer.

    >>> import numpy as np
    >>> UpSampling1D(3)(np.array([[[1.0], [2.0]]])).ravel()
    array([1., 1., 1., 2., 2., 2.], dtype=float32)
    """

    def __init__(self, size: Any = 2, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.size = one_integer(size, "size")[0]

    def count(self, steps: Any) -> Any:
        return steps * self.size

    def places(self, times: np.ndarray, steps: np.ndarray) -> np.ndarray:
        return times // self.size
