"""The base of all initializers, and their registry."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from sunhwan._engine import seeds
from sunhwan._engine.arguments import check_count
from sunhwan._engine.config import Configured
from sunhwan._engine.registry import Registry

INITIALIZERS = Registry("initializer")


class Initializer(Configured, ABC):
    """Gives a weight its first values. Subclass it, write `__call__`, keep arguments as attributes.

    >>> class Half(Initializer):
    ...     def __call__(self, shape, dtype=None):
    ...         return np.full(shape, 0.5, dtype or np.float32)
    >>> Half()((2,))
    array([0.5, 0.5], dtype=float32)
    """

    @abstractmethod
    def __call__(self, shape: Sequence[int], dtype: DTypeLike | None = None) -> np.ndarray:
        """Return new values of `shape`, float32 unless `dtype` says otherwise."""

    def clone(self) -> Any:
        """Return a new initializer with the same arguments."""
        return type(self).from_config(self.get_config())


class RandomInitializer(Initializer):
    """An initializer that draws.

    Args:
        seed: an integer of zero or more: the same values at every call. `None` (default): other
            values at every call, drawn from the sequence that `utils.set_random_seed` starts.

    Raises:
        TypeError: `seed` is neither `None` nor an integer.
        ValueError: `seed` is negative.

    >>> class Coin(RandomInitializer):
    ...     def __call__(self, shape, dtype=None):
    ...         return self.generator().integers(0, 2, shape).astype(dtype or "float32")
    >>> Coin(seed=1)((4,))
    array([0., 1., 1., 1.], dtype=float32)
    """

    def __init__(self, seed: int | None = None) -> None:
        self.seed = None if seed is None else seeds.check_seed(seed)

    def generator(self) -> np.random.Generator:
        """Return the generator for one call."""
        return np.random.default_rng(seeds.next_seed() if self.seed is None else self.seed)


def as_shape(shape: Any) -> tuple[int, ...]:
    """Return `shape` as a tuple of integers of zero or more, else `ValueError`."""
    try:
        return tuple(check_count("shape", axis, 0) for axis in shape)
    except (TypeError, ValueError):
        raise ValueError(f"shape must be a tuple of integers, got {shape!r}") from None


def as_float(values: np.ndarray, dtype: DTypeLike | None) -> np.ndarray:
    """Return `values` as `dtype`, float32 by default, C-contiguous."""
    return np.ascontiguousarray(values, dtype or np.float32).reshape(values.shape)
