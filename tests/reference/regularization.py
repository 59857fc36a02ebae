"""What regularizers add to the loss, and what constraints make of a variable after a step."""

from __future__ import annotations

import numpy as np

from .activations import Array
from .epsilon import EPSILON


def l1_l2(w: Array, l1: float = 0.0, l2: float = 0.0) -> tuple[float, Array]:
    """`l1 * sum |w| + l2 * sum w^2`, and its gradient (0 from l1 where w is 0)."""
    value = l1 * np.abs(w).sum() + l2 * (w**2).sum()
    return float(value), l1 * np.sign(w) + 2.0 * l2 * w


def orthogonal(w: Array, factor: float = 0.01, mode: str = "rows") -> tuple[float, Array]:
    """`factor * mean |cosine|` over the pairs of rows (or columns) of `w`, and its gradient."""
    if mode == "columns":
        value, dw = orthogonal(w.T, factor, "rows")
        return value, dw.T
    norms = np.sqrt((w**2).sum(axis=1, keepdims=True))
    unit = w / norms
    cosines = unit @ unit.T
    np.fill_diagonal(cosines, 0.0)
    count = len(w)
    pairs = count * (count - 1) / 2.0
    value = factor * 0.5 * np.abs(cosines).sum() / pairs
    dunit = factor * np.sign(cosines) @ unit / pairs
    dw = (dunit - unit * (unit * dunit).sum(axis=1, keepdims=True)) / norms
    return float(value), dw


def _norms(w: Array, axis: int | tuple[int, ...]) -> Array:
    return np.sqrt((w**2).sum(axis=axis, keepdims=True))


def max_norm(w: Array, max_value: float = 2.0, axis: int | tuple[int, ...] = 0) -> Array:
    norms = _norms(w, axis)
    return w * np.clip(norms, 0.0, max_value) / (EPSILON + norms)


def min_max_norm(
    w: Array,
    min_value: float = 0.0,
    max_value: float = 1.0,
    rate: float = 1.0,
    axis: int | tuple[int, ...] = 0,
) -> Array:
    norms = _norms(w, axis)
    desired = rate * np.clip(norms, min_value, max_value) + (1.0 - rate) * norms
    return w * desired / (EPSILON + norms)


def unit_norm(w: Array, axis: int | tuple[int, ...] = 0) -> Array:
    return w / (EPSILON + _norms(w, axis))


def non_negative(w: Array) -> Array:
    return np.maximum(w, 0.0)
