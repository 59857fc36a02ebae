"""Multiply, Maximum and Minimum."""

from __future__ import annotations

from typing import Any, ClassVar, final

import numpy as np

from .masked_merging import MaskedMerging
from .registry import LAYERS


@final
@LAYERS.register()
class Multiply(MaskedMerging):
    """The product of its inputs, number by number: ``y = x1 * x2 * ...``.

    Args:
        kwargs: see `Layer`.

    At a step where an input is masked, the others alone count; where all are, it is zero.

    Raises:
        ValueError: the inputs' shapes do not fit each other.

    >>> import numpy as np
    >>> Multiply()([np.full((1, 2), 3.0), np.full((1, 2), 2.0)])
    array([[6., 6.]], dtype=float32)
    """

    neutral, nothing = 1.0, 0.0

    def combine(self, values: list[np.ndarray], y: np.ndarray) -> None:
        y[...] = values[0]
        for value in values[1:]:
            y *= value

    def part(self, number: int, values: list[np.ndarray], y: np.ndarray, dy: np.ndarray) -> Any:
        gradient = dy
        for other, value in enumerate(values):
            if other != number:
                gradient = gradient * value
        return gradient


class _Extreme(MaskedMerging):
    """The gradient goes to the first of the inputs that has the output's value."""

    extreme: ClassVar[np.ufunc]  # of two arrays

    def combine(self, values: list[np.ndarray], y: np.ndarray) -> None:
        y[...] = values[0]
        for value in values[1:]:
            self.extreme(y, value, out=y)

    def part(self, number: int, values: list[np.ndarray], y: np.ndarray, dy: np.ndarray) -> Any:
        chosen = values[number] == y
        for value in values[:number]:
            chosen = chosen & (value != y)
        return np.where(chosen, dy, np.float32(0))


@final
@LAYERS.register()
class Maximum(_Extreme):
    """The largest of its inputs, number by number: ``y = max(x1, x2, ...)``.

    Args:
        kwargs: see `Layer`.

    At a step where an input is masked, the others alone count.

    Raises:
        ValueError: the inputs' shapes do not fit each other.

    >>> import numpy as np
    >>> Maximum()([np.array([[1.0, 4.0]]), np.array([[3.0, 2.0]])])
    array([[3., 4.]], dtype=float32)
    """

    neutral = -np.inf
    extreme = np.maximum


@final
@LAYERS.register()
class Minimum(_Extreme):
    """The smallest of its inputs, number by number: ``y = min(x1, x2, ...)``.

    Args:
        kwargs: see `Layer`.

    At a step where an input is masked, the others alone count.

    Raises:
        ValueError: the inputs' shapes do not fit each other.

    >>> import numpy as np
    >>> Minimum()([np.array([[1.0, 4.0]]), np.array([[3.0, 2.0]])])
    array([[1., 2.]], dtype=float32)
    """

    neutral = np.inf
    extreme = np.minimum
