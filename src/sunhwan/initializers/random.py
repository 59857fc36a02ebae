"""Initializers that draw every value alike, whatever the shape."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import DTypeLike

from sunhwan._engine.arguments import check_not_negative, check_number
from sunhwan.initializers.initializer import INITIALIZERS, RandomInitializer, as_float, as_shape


@INITIALIZERS.register("uniform")
class RandomUniform(RandomInitializer):
    """Uniform on ``[minval, maxval)``; variance ``(maxval - minval)**2 / 12``.

    Args:
        minval: lower end. Default -0.05.
        maxval: upper end. Default 0.05.
        seed: see `RandomInitializer`.

    Raises:
        ValueError: `minval` is above `maxval`.

    >>> bool((abs(RandomUniform(seed=1)((4, 4))) <= 0.05).all())
    True
    """

    def __init__(
        self, minval: float = -0.05, maxval: float = 0.05, seed: int | None = None
    ) -> None:
        super().__init__(seed)
        check_number("minval", minval)
        check_number("maxval", maxval)
        if not minval <= maxval:
            raise ValueError(
                f"minval must not be above maxval, got minval={minval} and maxval={maxval}"
            )
        self.minval = minval
        self.maxval = maxval

    def __call__(self, shape: Sequence[int], dtype: DTypeLike | None = None) -> np.ndarray:
        return as_float(self.generator().uniform(self.minval, self.maxval, as_shape(shape)), dtype)


@INITIALIZERS.register("normal")
class RandomNormal(RandomInitializer):
    """Normal with ``mean`` and ``stddev``.

    Args:
        mean: default 0.
        stddev: standard deviation, default 0.05.
        seed: see `RandomInitializer`.

    Raises:
        ValueError: `stddev` is negative.

    >>> RandomNormal(mean=1.0, stddev=0.0)((2,))
    array([1., 1.], dtype=float32)
    """

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: int | None = None) -> None:
        super().__init__(seed)
        self.mean = check_number("mean", mean)
        self.stddev = check_not_negative("stddev", stddev)

    def __call__(self, shape: Sequence[int], dtype: DTypeLike | None = None) -> np.ndarray:
        values = self.generator().standard_normal(as_shape(shape))
        return as_float(self.mean + self.stddev * values, dtype)


@INITIALIZERS.register()
class TruncatedNormal(RandomInitializer):
    """Normal, with what lies beyond two ``stddev`` drawn again.

    The values' own standard deviation is 0.8796 times ``stddev``.

    Args:
        mean: default 0.
        stddev: standard deviation before truncation, default 0.05.
        seed: see `RandomInitializer`.

    Raises:
        ValueError: `stddev` is negative.

    >>> bool((abs(TruncatedNormal(seed=1)((4, 4))) <= 0.1).all())
    True
    """

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: int | None = None) -> None:
        super().__init__(seed)
        self.mean = check_number("mean", mean)
        self.stddev = check_not_negative("stddev", stddev)

    def __call__(self, shape: Sequence[int], dtype: DTypeLike | None = None) -> np.ndarray:
        values = truncated_normal(self.generator(), as_shape(shape))
        return as_float(self.mean + self.stddev * values, dtype)


def truncated_normal(generator: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Return standard normal values (float64) of which none is beyond two."""
    values = generator.standard_normal(shape).reshape(-1)
    beyond = np.flatnonzero(np.abs(values) > 2.0)
    while beyond.size:
        values[beyond] = generator.standard_normal(beyond.size)
        beyond = beyond[np.abs(values[beyond]) > 2.0]
    return values.reshape(shape)
