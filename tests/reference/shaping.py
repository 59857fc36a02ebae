"""Layers that move values: Flatten, Reshape, Permute, RepeatVector; and noise given as arrays."""

from __future__ import annotations

import numpy as np

from .activations import Array


def reshape_forward(x: Array, target_shape: tuple[int, ...]) -> tuple[Array, tuple[int, ...]]:
    """Flatten is `target_shape=(-1,)`. The rows stay as they are."""
    return x.reshape(x.shape[0], *target_shape), x.shape


def reshape_backward(shape: tuple[int, ...], dy: Array) -> Array:
    return dy.reshape(shape)


def permute_forward(x: Array, dims: tuple[int, ...]) -> Array:
    """`dims` count from 1; the rows, axis 0, stay first."""
    return x.transpose(0, *dims)


def permute_backward(dims: tuple[int, ...], dy: Array) -> Array:
    return dy.transpose(np.argsort([0, *dims]))


def repeat_vector_forward(x: Array, n: int) -> Array:
    """`x` (N, F): (N, n, F)."""
    return np.repeat(x[:, None, :], n, axis=1)


def repeat_vector_backward(dy: Array) -> Array:
    return dy.sum(axis=1)


def dropout_forward(x: Array, multipliers: Array) -> Array:
    """`multipliers` are 0 or 1/(1-rate): of x's shape, or (N, 1, C) for SpatialDropout1D."""
    return x * multipliers


def dropout_backward(multipliers: Array, dy: Array) -> Array:
    return dy * multipliers
