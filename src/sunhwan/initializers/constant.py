"""Initializers that do not draw."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from sunhwan._engine.arguments import check_number
from sunhwan.initializers.initializer import INITIALIZERS, Initializer, as_float, as_shape


@INITIALIZERS.register("zero")
class Zeros(Initializer):
    """All values 0.

    >>> Zeros()((2,))
    array([0., 0.], dtype=float32)
    """

    def __call__(self, shape: Sequence[int], dtype: DTypeLike | None = None) -> np.ndarray:
        return np.zeros(as_shape(shape), dtype or np.float32)


@INITIALIZERS.register("one")
class Ones(Initializer):
    """All values 1.

    >>> Ones()((2,))
    array([1., 1.], dtype=float32)
    """

    def __call__(self, shape: Sequence[int], dtype: DTypeLike | None = None) -> np.ndarray:
        return np.ones(as_shape(shape), dtype or np.float32)


@INITIALIZERS.register()
class Constant(Initializer):
    """Values that are given.

    Args:
        value: a number, or an array that is repeated to the shape asked for. Default 0.

    Raises:
        ValueError: at the call, `value` does not fit the shape.

    >>> Constant([1.0, 2.0])((2, 2))
    array([[1., 2.],
           [1., 2.]], dtype=float32)
    """

    def __init__(self, value: ArrayLike = 0.0) -> None:
        if np.asarray(value).dtype.kind not in "fiub":
            raise ValueError(f"value must be a number or an array of numbers, got {value!r}")
        self.value: Any = value

    def __call__(self, shape: Sequence[int], dtype: DTypeLike | None = None) -> np.ndarray:
        value, shape = np.asarray(self.value), as_shape(shape)
        try:
            return as_float(np.broadcast_to(value, shape), dtype)
        except ValueError:
            raise ValueError(
                f"a Constant of shape {value.shape} cannot fill a weight of shape {shape}"
            ) from None


@INITIALIZERS.register("IdentityInitializer")
class Identity(Initializer):
    """``gain`` on the diagonal, 0 elsewhere; for matrices only.

    A recurrent kernel that starts as the identity: Le, Jaitly and Hinton, "A simple way to
    initialize recurrent networks of rectified linear units" (2015).

    Args:
        gain: the values on the diagonal. Default 1.

    Raises:
        ValueError: at the call, the shape has not two dimensions.

    >>> Identity(2.0)((2, 3))
    array([[2., 0., 0.],
           [0., 2., 0.]], dtype=float32)
    """

    def __init__(self, gain: float = 1.0) -> None:
        self.gain = check_number("gain", gain)

    def __call__(self, shape: Sequence[int], dtype: DTypeLike | None = None) -> np.ndarray:
        shape = as_shape(shape)
        if len(shape) != 2:
            raise ValueError(f"Identity needs a shape of two dimensions, got {shape}")
        return as_float(self.gain * np.eye(shape[0], shape[1]), dtype)
