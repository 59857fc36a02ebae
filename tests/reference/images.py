"""Convolution and pooling of images (N, H, W, C): the windows of one axis, on both."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .activations import Array, activation_backward, activation_forward
from .windows import window_positions

Pair = tuple[int, int]
Pixels = list[tuple[int, int, int]]  # of a window: number of the tap, row, column


def windows_of(
    height: int, width: int, size: Pair, strides: Pair, padding: str, dilation: Pair = (1, 1)
) -> list[list[Pixels]]:
    """For each output pixel, row by row, the pixels under its taps, without padding."""
    down = window_positions(height, size[0], strides[0], padding, dilation[0])
    across = window_positions(width, size[1], strides[1], padding, dilation[1])
    return [
        [
            [
                (k * size[1] + m, i, j)
                for k, i in enumerate(rows)
                for m, j in enumerate(columns)
                if i is not None and j is not None
            ]
            for columns in across
        ]
        for rows in down
    ]


class Cache(NamedTuple):
    x: Array
    kernel: Array
    bias: Array | None
    windows: list[list[Pixels]]
    a: Array  # pre-activations
    activation: str


class Gradients(NamedTuple):
    dx: Array
    dkernel: Array
    dbias: Array | None


def conv2d_forward(
    x: Array,
    kernel: Array,
    bias: Array | None,
    *,
    strides: Pair = (1, 1),
    padding: str = "valid",
    dilation_rate: Pair = (1, 1),
    activation: str = "linear",
) -> tuple[Array, Cache]:
    """`x` (N, H, W, C), `kernel` (KH, KW, C, F), `bias` (F,): (N, down, across, F)."""
    size = kernel.shape[0], kernel.shape[1]
    windows = windows_of(x.shape[1], x.shape[2], size, strides, padding, dilation_rate)
    taps = kernel.reshape(-1, *kernel.shape[2:])
    a = np.zeros((len(x), len(windows), len(windows[0]), kernel.shape[3]))
    for down, row in enumerate(windows):
        for across, window in enumerate(row):
            for tap, i, j in window:
                a[:, down, across] += x[:, i, j] @ taps[tap]
    if bias is not None:
        a += bias
    return activation_forward(activation, a), Cache(x, kernel, bias, windows, a, activation)


def conv2d_backward(cache: Cache, dy: Array) -> Gradients:
    x, kernel, bias, windows, a, activation = cache
    da = activation_backward(activation, a, dy)
    taps = kernel.reshape(-1, *kernel.shape[2:])
    dx, dtaps = np.zeros_like(x), np.zeros_like(taps)
    for down, row in enumerate(windows):
        for across, window in enumerate(row):
            for tap, i, j in window:
                dx[:, i, j] += da[:, down, across] @ taps[tap].T
                dtaps[tap] += x[:, i, j].T @ da[:, down, across]
    dbias = None if bias is None else np.asarray(da.sum(axis=(0, 1, 2)))
    return Gradients(dx, dtaps.reshape(kernel.shape), dbias)


class PoolCache(NamedTuple):
    x: Array
    windows: list[list[Pixels]]
    kind: str


def image_pool_forward(
    x: Array, kind: str, *, pool_size: Pair, strides: Pair, padding: str = "valid"
) -> tuple[Array, PoolCache]:
    """The `"max"` or `"mean"` of each window, padding left out: (N, down, across, C)."""
    windows = windows_of(x.shape[1], x.shape[2], pool_size, strides, padding)
    y = np.zeros((len(x), len(windows), len(windows[0]), x.shape[3]))
    for down, row in enumerate(windows):
        for across, window in enumerate(row):
            pixels = np.stack([x[:, i, j] for _, i, j in window])
            y[:, down, across] = getattr(pixels, kind)(axis=0)
    return y, PoolCache(x, windows, kind)


def image_pool_backward(cache: PoolCache, dy: Array) -> Array:
    """A maximum's gradient goes to the first of the greatest, a mean's to all alike."""
    x, windows, kind = cache
    dx = np.zeros_like(x)
    for down, row in enumerate(windows):
        for across, window in enumerate(row):
            pixels = np.stack([x[:, i, j] for _, i, j in window])
            for place, (_, i, j) in enumerate(window):
                share = 1 / len(window) if kind == "mean" else pixels.argmax(axis=0) == place
                dx[:, i, j] += share * dy[:, down, across]
    return dx
