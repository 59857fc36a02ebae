"""Gaussian noise."""

from __future__ import annotations

from typing import Any, final

import numpy as np

from sunhwan import _core
from sunhwan._engine.arguments import check_share
from sunhwan._engine.context import Context

from .noise_layer import NoiseLayer
from .registry import LAYERS


@final
@LAYERS.register()
class GaussianNoise(NoiseLayer):
    """Adds normal numbers in training: ``y = x + stddev * z``.

    Args:
        stddev: standard deviation, from 0 to 1.
        seed: a non-negative integer that fixes z; by default the model's seed does.
        kwargs: `name`, `dtype`, `input_shape` (see `Layer`).

    Input and output have the same shape. Outside training it changes nothing.

    Raises:
        ValueError: `stddev` is out of range.

    >>> import numpy as np
    >>> layer = GaussianNoise(0.1)
    >>> layer(np.ones((1, 2)))
    array([[1., 1.]], dtype=float32)
    >>> bool(abs(layer(np.ones((100, 100)), training=True).std() - 0.1) < 0.01)
    True
    """

    def __init__(self, stddev: float, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(seed, **kwargs)
        self.stddev = check_share("stddev", stddev)

    @property
    def disturbs(self) -> bool:
        return self.stddev > 0

    def disturb(self, values: np.ndarray, context: Context) -> np.ndarray:
        noise = self.draw(_core.normal, values, context, None, 0.0, self.stddev)
        _core.add(values, noise, noise)
        return noise

    def undisturb(self, dvalues: np.ndarray, context: Context) -> np.ndarray:
        return dvalues
