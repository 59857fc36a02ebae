"""Max and average pooling over time, in windows and over whole rows."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .activations import Array
from .windows import window_positions


class WindowCache(NamedTuple):
    x: Array
    windows: list[list[int]]  # the steps under each window, without padding


class RowCache(NamedTuple):
    x: Array
    mask: NDArray[np.bool_]  # (N, T)
    y: Array  # (N, C)


def _windows(x: Array, pool_size: int, strides: int | None, padding: str) -> list[list[int]]:
    positions = window_positions(
        x.shape[1], pool_size, pool_size if strides is None else strides, padding
    )
    return [[t for t in window if t is not None] for window in positions]


def max_pool_forward(
    x: Array, *, pool_size: int = 2, strides: int | None = None, padding: str = "valid"
) -> tuple[Array, WindowCache]:
    """`x` (N, T, C): (N, outputs, C). Strides are `pool_size` unless given; padding never wins."""
    windows = _windows(x, pool_size, strides, padding)
    y = np.zeros((x.shape[0], len(windows), x.shape[2]))
    for output, window in enumerate(windows):
        y[:, output] = x[:, window].max(axis=1)
    return y, WindowCache(x, windows)


def max_pool_backward(cache: WindowCache, dy: Array) -> Array:
    """Each window's gradient goes to the first of its greatest values."""
    x, windows = cache
    dx = np.zeros_like(x)
    for output, window in enumerate(windows):
        winners = x[:, window].argmax(axis=1)  # (N, C)
        for place, t in enumerate(window):
            dx[:, t] += np.where(winners == place, dy[:, output], 0.0)
    return dx


def average_pool_forward(
    x: Array, *, pool_size: int, strides: int | None = None, padding: str = "valid"
) -> tuple[Array, WindowCache]:
    """`x` (N, T, C): (N, outputs, C). The mean is over the real steps: padding does not count."""
    windows = _windows(x, pool_size, strides, padding)
    y = np.zeros((x.shape[0], len(windows), x.shape[2]))
    for output, window in enumerate(windows):
        y[:, output] = x[:, window].mean(axis=1)
    return y, WindowCache(x, windows)


def average_pool_backward(cache: WindowCache, dy: Array) -> Array:
    x, windows = cache
    dx = np.zeros_like(x)
    for output, window in enumerate(windows):
        for t in window:
            dx[:, t] += dy[:, output] / len(window)
    return dx


def global_max_pool_forward(
    x: Array, mask: NDArray[np.bool_] | None = None
) -> tuple[Array, RowCache]:
    """`x` (N, T, C): (N, C). With `mask`, only over the steps that exist; -inf if there are none.

    Keras's layer ignores masks: the mask is for ragged rows, which end where their own steps end.
    """
    if mask is None:
        mask = np.ones(x.shape[:2], dtype=bool)
    y = np.where(mask[:, :, None], x, -np.inf).max(axis=1, initial=-np.inf)
    return y, RowCache(x, mask, y)


def global_max_pool_backward(cache: RowCache, dy: Array) -> Array:
    """Equally greatest values share the gradient equally."""
    x, mask, y = cache
    greatest = (x == y[:, None, :]) & mask[:, :, None]
    return np.where(greatest, dy[:, None, :] / np.maximum(greatest.sum(axis=1), 1)[:, None, :], 0.0)


def global_average_pool_forward(
    x: Array, mask: NDArray[np.bool_] | None = None
) -> tuple[Array, RowCache]:
    """`x` (N, T, C): (N, C). With `mask`, over the steps that exist; NaN if there are none."""
    if mask is None:
        mask = np.ones(x.shape[:2], dtype=bool)
    with np.errstate(invalid="ignore"):
        total = np.where(mask[:, :, None], x, 0.0).sum(axis=1)
        y = total / mask.sum(axis=1)[:, None]
    return y, RowCache(x, mask, y)


def global_average_pool_backward(cache: RowCache, dy: Array) -> Array:
    mask = cache.mask
    counts = np.maximum(mask.sum(axis=1), 1)
    return np.where(mask[:, :, None], (dy / counts[:, None])[:, None, :], 0.0)
