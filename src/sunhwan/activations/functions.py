"""Keras 3's activations, as functions of arrays; all compute in float32."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from sunhwan import _core
from sunhwan._engine.inputs import as_numbers

from .registry import activation
from .rule import PointwiseRule, RowsRule


def _floats(x: Any) -> np.ndarray:
    return np.asarray(as_numbers(x, "x"), np.float32, order="C")


def _pointwise(kind: int, x: Any) -> np.ndarray:
    x = _floats(x)
    y = np.empty_like(x)
    _core.activate(kind, x, y)
    return y


@activation(PointwiseRule(0))
def linear(x: Any) -> np.ndarray:
    """``y = x``.

    Args:
        x: an array of any shape.

    >>> linear([-1.0, 2.0])
    array([-1.,  2.], dtype=float32)
    """
    return _floats(x)


@activation(PointwiseRule(1))
def tanh(x: Any) -> np.ndarray:
    """``y = (exp(x) - exp(-x)) / (exp(x) + exp(-x))``.

    Args:
        x: an array of any shape.

    >>> tanh([0.0, 20.0])
    array([0., 1.], dtype=float32)
    """
    return _pointwise(1, x)


@activation(PointwiseRule(2))
def sigmoid(x: Any) -> np.ndarray:
    """``y = 1 / (1 + exp(-x))``.

    Args:
        x: an array of any shape.

    >>> sigmoid([0.0])
    array([0.5], dtype=float32)
    """
    return _pointwise(2, x)


@activation(PointwiseRule(3))
def relu(
    x: Any, negative_slope: float = 0.0, max_value: float | None = None, threshold: float = 0.0
) -> np.ndarray:
    """``y = max(x, 0)``; its derivative at 0 is 0.

    Args:
        x: an array.
        negative_slope: slope below `threshold`.
        max_value: the largest output, `None` for no limit.
        threshold: below it, ``y = negative_slope * (x - threshold)``.

    >>> relu([-2.0, 3.0]), relu([-2.0, 3.0], negative_slope=0.5, max_value=1)
    (array([0., 3.], dtype=float32), array([-1.,  1.], dtype=float32))
    """
    if negative_slope == 0 and max_value is None and threshold == 0:
        return _pointwise(3, x)
    x = _floats(x)
    y = np.where(x >= threshold, x, np.float32(negative_slope) * (x - np.float32(threshold)))
    return y if max_value is None else np.minimum(y, np.float32(max_value))


@activation(PointwiseRule(4))
def softsign(x: Any) -> np.ndarray:
    """``y = x / (1 + |x|)``.

    Args:
        x: an array of any shape.

    >>> softsign([-1.0, 3.0])
    array([-0.5 ,  0.75], dtype=float32)
    """
    return _pointwise(4, x)


@activation(PointwiseRule(5))
def hard_sigmoid(x: Any) -> np.ndarray:
    """``y = min(max(x / 6 + 1/2, 0), 1)``; its derivative at the two kinks is 0.

    Args:
        x: an array of any shape.

    >>> hard_sigmoid([-3.0, 0.0, 3.0])
    array([0. , 0.5, 1. ], dtype=float32)
    """
    return _pointwise(5, x)


@activation(PointwiseRule(6))
def elu(x: Any, alpha: float = 1.0) -> np.ndarray:
    """``y = x if x > 0 else alpha * (exp(x) - 1)`` (Clevert et al., 2015).

    Args:
        x: an array of any shape.
        alpha: y tends to `-alpha` for large negative x. Default 1.

    >>> elu([-50.0, 2.0])
    array([-1.,  2.], dtype=float32)
    """
    if alpha == 1.0:
        return _pointwise(6, x)
    x = _floats(x)
    return np.where(x > 0, x, np.float32(alpha) * np.expm1(np.minimum(x, 0)))


@activation(PointwiseRule(7))
def selu(x: Any) -> np.ndarray:
    """``y = 1.0507 * elu(x, alpha=1.6733)`` (Klambauer et al., 2017).

    Args:
        x: an array of any shape.

    >>> selu([0.0, 1.0])
    array([0.      , 1.050701], dtype=float32)
    """
    return _pointwise(7, x)


@activation(PointwiseRule(8))
def softplus(x: Any) -> np.ndarray:
    """``y = log(1 + exp(x))``.

    Args:
        x: an array of any shape.

    >>> softplus([-100.0, 100.0])
    array([  0., 100.], dtype=float32)
    """
    return _pointwise(8, x)


@activation(PointwiseRule(9, needs_input=True))
def gelu(x: Any, approximate: bool = False) -> np.ndarray:
    """``y = x * P(Z < x)`` for a standard normal Z (Hendrycks and Gimpel, 2016).

    Args:
        x: an array.
        approximate: ``y = x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x**3)))`` in its place.

    >>> gelu([0.0, 10.0])
    array([ 0., 10.], dtype=float32)
    """
    if not approximate:
        return _pointwise(9, x)
    x = _floats(x)
    inner = np.float32(math.sqrt(2 / math.pi)) * (x + np.float32(0.044715) * x**3)
    return np.float32(0.5) * x * (1 + _pointwise(1, inner))


@activation(PointwiseRule(10))
def leaky_relu(x: Any, negative_slope: float = 0.2) -> np.ndarray:
    """``y = x if x > 0 else negative_slope * x``.

    Args:
        x: an array of any shape.
        negative_slope: default 0.2.

    >>> leaky_relu([-1.0, 1.0])
    array([-0.2,  1. ], dtype=float32)
    """
    if negative_slope == 0.2:
        return _pointwise(10, x)
    x = _floats(x)
    return np.where(x > 0, x, np.float32(negative_slope) * x)


@activation(PointwiseRule(11))
def exponential(x: Any) -> np.ndarray:
    """``y = exp(x)``.

    Args:
        x: an array of any shape.

    >>> exponential([0.0, 1.0])
    array([1.       , 2.7182817], dtype=float32)
    """
    return _pointwise(11, x)


@activation(PointwiseRule(12, needs_input=True), "swish")
def silu(x: Any) -> np.ndarray:
    """``y = x * sigmoid(x)``, also called swish (Ramachandran et al., 2017).

    Args:
        x: an array of any shape.

    >>> silu([0.0, 100.0])
    array([  0., 100.], dtype=float32)
    """
    return _pointwise(12, x)


@activation(PointwiseRule(13))
def relu6(x: Any) -> np.ndarray:
    """``y = min(max(x, 0), 6)``; its derivative at 0 and at 6 is 0.

    Args:
        x: an array of any shape.

    >>> relu6([-1.0, 3.0, 7.0])
    array([0., 3., 6.], dtype=float32)
    """
    return _pointwise(13, x)


def _along(kernel: Any, x: Any, axis: int) -> np.ndarray:
    x = _floats(x)
    if x.ndim == 0:
        raise ValueError("softmax needs an array of at least one axis, got a single number")
    moved = np.ascontiguousarray(np.moveaxis(x, axis, -1))
    if not moved.shape[-1]:
        raise ValueError(
            f"softmax needs at least one number along axis {axis}, got shape {x.shape}"
        )
    y = np.empty_like(moved)
    kernel(moved.reshape(-1, moved.shape[-1]), y.reshape(-1, moved.shape[-1]))
    return np.ascontiguousarray(np.moveaxis(y, -1, axis))


@activation(RowsRule("softmax"))
def softmax(x: Any, axis: int = -1) -> np.ndarray:
    """``y = exp(x) / sum(exp(x))`` along an axis.

    Args:
        x: an array of one axis or more.
        axis: the axis that sums to 1; default the last.

    >>> softmax([[0.0, 0.0]])
    array([[0.5, 0.5]], dtype=float32)
    """
    return _along(_core.softmax, x, axis)


@activation(RowsRule("log_softmax"))
def log_softmax(x: Any, axis: int = -1) -> np.ndarray:
    """``y = x - log(sum(exp(x)))`` along an axis.

    Args:
        x: an array of one axis or more.
        axis: the axis of the sum; default the last.

    >>> log_softmax([0.0, 200.0])
    array([-200.,    0.], dtype=float32)
    """
    return _along(_core.log_softmax, x, axis)
