"""Penalties on the size of weights."""

from __future__ import annotations

import numpy as np

from sunhwan.regularizers.regularizer import REGULARIZERS, Regularizer, check_factor


@REGULARIZERS.register("l1_l2")
class L1L2(Regularizer):
    """``l1 * sum(abs(w)) + l2 * sum(w**2)``; gradient ``l1 * sign(w) + 2 * l2 * w``.

    Args:
        l1, l2: factors of zero or more. Default 0.

    Raises:
        ValueError: a factor is negative or no finite number.

    >>> L1L2(l1=0.5, l2=0.25)(np.array([3.0, -4.0]))
    9.75
    """

    def __init__(self, l1: float = 0.0, l2: float = 0.0) -> None:
        self.l1 = check_factor(l1, "l1", 0.0)
        self.l2 = check_factor(l2, "l2", 0.0)

    def __call__(self, w: np.ndarray) -> float:
        return penalty(w, self.l1, self.l2)

    def add_gradient(self, w: np.ndarray, dw: np.ndarray) -> None:
        add_penalty_gradient(w, dw, self.l1, self.l2)


@REGULARIZERS.register()
class L1(Regularizer):
    """``l1 * sum(abs(w))``; gradient ``l1 * sign(w)``, 0 at 0.

    Args:
        l1: a factor of zero or more. Default 0.01.

    Raises:
        ValueError: the factor is negative or no finite number.

    >>> L1(0.5)(np.array([3.0, -4.0]))
    3.5
    """

    def __init__(self, l1: float = 0.01) -> None:
        self.l1 = check_factor(l1, "l1", 0.01)

    def __call__(self, w: np.ndarray) -> float:
        return penalty(w, self.l1, 0.0)

    def add_gradient(self, w: np.ndarray, dw: np.ndarray) -> None:
        add_penalty_gradient(w, dw, self.l1, 0.0)


@REGULARIZERS.register()
class L2(Regularizer):
    """``l2 * sum(w**2)``; gradient ``2 * l2 * w``.

    Args:
        l2: a factor of zero or more. Default 0.01.

    Raises:
        ValueError: the factor is negative or no finite number.

    >>> L2(0.5)(np.array([3.0, -4.0]))
    12.5
    """

    def __init__(self, l2: float = 0.01) -> None:
        self.l2 = check_factor(l2, "l2", 0.01)

    def __call__(self, w: np.ndarray) -> float:
        return penalty(w, 0.0, self.l2)

    def add_gradient(self, w: np.ndarray, dw: np.ndarray) -> None:
        add_penalty_gradient(w, dw, 0.0, self.l2)


def penalty(w: np.ndarray, l1: float, l2: float) -> float:
    """Return ``l1 * sum(abs(w)) + l2 * sum(w**2)``, summed in float64."""
    w = np.asarray(w, np.float64).reshape(-1)
    total = 0.0
    if l1:
        total += l1 * float(np.abs(w).sum())
    if l2:
        total += l2 * float(np.einsum("i,i->", w, w))
    return total


def add_penalty_gradient(w: np.ndarray, dw: np.ndarray, l1: float, l2: float) -> None:
    """Add the gradient of `penalty` to `dw`."""
    if l1:
        dw += np.sign(w) * dw.dtype.type(l1)
    if l2:
        dw += w * dw.dtype.type(2.0 * l2)
