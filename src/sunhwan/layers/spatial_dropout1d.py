"""Dropout of whole features."""

from __future__ import annotations

from typing import Any, final

from .checks import check_rank
from .dropout import DropoutLayer
from .layer import Shape
from .registry import LAYERS


@final
@LAYERS.register()
class SpatialDropout1D(DropoutLayer):
    """Drops features of a row at random in training, at all of its steps alike.

    ``y[t, f] = x[t, f] * m[f]``, m = 0 or ``1 / (1 - rate)``, m new for every row.

    Args:
        rate: probability of m = 0, from 0 to 1.
        seed: a non-negative integer that fixes m; by default the model's seed does.
        kwargs: `name`, `dtype`, `input_shape` (see `Layer`).

    Input and output are `(N, T, F)`. Outside training it changes nothing.

    Raises:
        ValueError: `rate` is out of range, or the input has another rank.

    Source: Tompson et al., "Efficient object localization using convolutional networks" (2014).

    >>> import numpy as np
    >>> y = SpatialDropout1D(0.5)(np.ones((1, 4, 9)), training=True)
    >>> bool((y == y[:, :1]).all())
    True
    """

    noise_shape = (None, 1, None)

    def __init__(self, rate: float, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(rate, seed, **kwargs)

    def build(self, input_shape: Shape) -> None:
        check_rank(self, input_shape, 3)
