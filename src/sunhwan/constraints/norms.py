"""Constraints on weights, most of them on the norms of their columns."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sunhwan._engine.arguments import check_axis, check_not_negative, check_share
from sunhwan.constraints.constraint import CONSTRAINTS, Constraint

_EPSILON = 1e-7

Axis = int | Sequence[int]


@CONSTRAINTS.register()
class NonNeg(Constraint):
    """``max(w, 0)``.

    >>> NonNeg()(np.array([-1.0, 2.0]))
    array([0., 2.])
    """

    def __call__(self, w: np.ndarray) -> np.ndarray:
        return np.maximum(w, w.dtype.type(0))


@CONSTRAINTS.register()
class MaxNorm(Constraint):
    """``w * min(norm, max_value) / (norm + 1e-7)``: no norm above ``max_value``.

    Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting" (2014).

    Args:
        max_value: the largest norm. Default 2.
        axis: the axis, or axes, over which a norm runs. Default 0: the weights into one unit.

    >>> MaxNorm(1.0)(np.array([[3.0, 0.3], [4.0, 0.4]])).round(4)
    array([[0.6, 0.3],
           [0.8, 0.4]])
    """

    def __init__(self, max_value: float = 2, axis: Axis = 0) -> None:
        self.max_value = check_not_negative("max_value", max_value)
        self.axis = check_axis(axis)

    def __call__(self, w: np.ndarray) -> np.ndarray:
        norms = norms_of(w, self.axis)
        return _scale(w, np.clip(norms, 0, self.max_value), norms)


@CONSTRAINTS.register()
class UnitNorm(Constraint):
    """``w / (norm + 1e-7)``.

    Args:
        axis: the axis, or axes, over which a norm runs. Default 0: the weights into one unit.

    >>> UnitNorm()(np.array([[3.0], [4.0]])).round(4)
    array([[0.6],
           [0.8]])
    """

    def __init__(self, axis: Axis = 0) -> None:
        self.axis = check_axis(axis)

    def __call__(self, w: np.ndarray) -> np.ndarray:
        norms = norms_of(w, self.axis)
        return _scale(w, np.ones_like(norms), norms)


@CONSTRAINTS.register()
class MinMaxNorm(Constraint):
    """``w * (rate * clip(norm, min_value, max_value) + (1 - rate) * norm) / (norm + 1e-7)``.

    Args:
        min_value, max_value: the norms allowed. Default 0 and 1.
        rate: how far a weight goes towards its allowed norm in one step: 1 (default) all the way.
        axis: the axis, or axes, over which a norm runs. Default 0: the weights into one unit.

    >>> MinMaxNorm(0.0, 1.0, rate=0.5)(np.array([[3.0], [4.0]])).round(4)
    array([[1.8],
           [2.4]])
    """

    def __init__(
        self, min_value: float = 0.0, max_value: float = 1.0, rate: float = 1.0, axis: Axis = 0
    ) -> None:
        self.min_value = check_not_negative("min_value", min_value)
        self.max_value = check_not_negative("max_value", max_value)
        self.rate = check_share("rate", rate)
        self.axis = check_axis(axis)

    def __call__(self, w: np.ndarray) -> np.ndarray:
        norms = norms_of(w, self.axis)
        allowed = np.clip(norms, self.min_value, self.max_value)
        return _scale(w, self.rate * allowed + (1 - self.rate) * norms, norms)


def norms_of(w: np.ndarray, axis: Axis) -> np.ndarray:
    """Return the Euclidean norms over `axis` in float64, the axis kept with length 1."""
    axes = axis if isinstance(axis, int) else tuple(axis)
    return np.sqrt(np.square(w, dtype=np.float64).sum(axis=axes, keepdims=True))


def _scale(w: np.ndarray, wanted: np.ndarray, norms: np.ndarray) -> np.ndarray:
    return (w * (wanted / (_EPSILON + norms))).astype(w.dtype)
