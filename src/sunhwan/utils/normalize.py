"""Rows of length 1."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from sunhwan._engine.inputs import as_numbers


def normalize(x: ArrayLike, axis: int = -1, order: int = 2) -> np.ndarray:
    """Divide by the norms along an axis; what has the norm 0 stays.

    Args:
        x: an array of one axis or more.
        axis: along which the norms are taken; default the last.
        order: of the norm, as `numpy.linalg.norm` takes it; default the Euclidean.

    Returns:
        An array of the shape of `x`.

    Raises:
        ValueError: `x` holds no numbers.

    >>> normalize([[3.0, 4.0], [0.0, 0.0]])
    array([[0.6, 0.8],
           [0. , 0. ]])
    """
    values = as_numbers(x, "x")
    norms = np.linalg.norm(values, order, axis, keepdims=True)
    return values / np.where(norms == 0, 1, norms)
