"""Dropout."""

from __future__ import annotations

from typing import Any, final

import numpy as np

from sunhwan import _core
from sunhwan._engine.arguments import check_shape, check_share
from sunhwan._engine.context import Context

from .noise_layer import NoiseLayer
from .registry import LAYERS


class DropoutLayer(NoiseLayer):
    """Sets some numbers to zero in training, and scales the others by ``1 / (1 - rate)``."""

    noise_shape: Any = None

    def __init__(self, rate: float, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(seed, **kwargs)
        self.rate = check_share("rate", rate)

    @property
    def disturbs(self) -> bool:
        return self.rate > 0

    def disturb(self, values: np.ndarray, context: Context) -> np.ndarray:
        if self.rate == 1:
            return context.zeros(values.shape)
        context.saved = self.draw(_core.dropout_mask, values, context, self.noise_shape, self.rate)
        return self.undisturb(values, context)

    def undisturb(self, dvalues: np.ndarray, context: Context) -> np.ndarray:
        if self.rate == 1:
            return context.zeros(dvalues.shape)
        out, factors = context.empty(dvalues.shape), context.saved
        if factors.shape == dvalues.shape:
            _core.multiply(dvalues, factors, out)
        else:
            np.multiply(dvalues, factors, out=out)
        return out


@final
@LAYERS.register()
class Dropout(DropoutLayer):
    """Drops numbers at random in training: ``y = x * m``, m = 0 or ``1 / (1 - rate)``.

    Args:
        rate: probability of m = 0, from 0 to 1.
        noise_shape: shape of m, with 1 for the axes along which it is the same and `None` or the
            length for the others; by default every number has an m of its own.
        seed: a non-negative integer that fixes m; by default the model's seed does.
        kwargs: `name`, `dtype`, `input_shape` (see `Layer`).

    Input and output have the same shape. Outside training it changes nothing.

    Raises:
        ValueError: `rate` is out of range.

    Source: Srivastava et al., "Dropout", JMLR 15 (2014).

    >>> import numpy as np
    >>> layer = Dropout(0.5, seed=1)
    >>> layer(np.ones((1, 3)))
    array([[1., 1., 1.]], dtype=float32)
    >>> sorted(set(layer(np.ones((1, 99)), training=True).flat))
    [np.float32(0.0), np.float32(2.0)]
    """

    def __init__(
        self, rate: float, noise_shape: Any = None, seed: int | None = None, **kwargs: Any
    ) -> None:
        super().__init__(rate, seed, **kwargs)
        self.noise_shape = None if noise_shape is None else check_shape("noise_shape", noise_shape)
