"""The base of all regularizers, and their registry."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod

import numpy as np

from sunhwan._engine.config import Configured
from sunhwan._engine.registry import Registry


class Regularizer(Configured, ABC):
    """A penalty on a weight: its value is added to the loss, its gradient to the weight's.

    Subclass it and write both methods; keep arguments as attributes.

    >>> class Sum(Regularizer):
    ...     def __call__(self, w):
    ...         return float(w.sum())
    ...     def add_gradient(self, w, dw):
    ...         dw += 1.0
    >>> Sum()(np.ones(3))
    3.0
    """

    @abstractmethod
    def __call__(self, w: np.ndarray) -> float:
        """Return the penalty on `w`, of any shape."""

    @abstractmethod
    def add_gradient(self, w: np.ndarray, dw: np.ndarray) -> None:
        """Add the penalty's gradient at `w` to `dw`, of the same shape, in place."""


REGULARIZERS = Registry("regularizer", Regularizer)


def check_factor(value: float | None, name: str, default: float) -> float:
    """Return `value` as a float, `default` for `None`.

    Raises:
        ValueError: `value` is not a finite number of zero or more.
    """
    value = default if value is None else value
    number = isinstance(value, (int, float, np.integer, np.floating))
    if not number or isinstance(value, bool) or not math.isfinite(value) or value < 0:
        raise ValueError(f"{name} must be a finite number of zero or more, got {value!r}")
    return float(value)
