"""LayerNormalization, BatchNormalization and Normalization.

The first two compute `y = (x - mean) / sqrt(variance + epsilon) * gamma + beta`, with the mean and
the population variance of one step's features, or of one feature over the batch.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .activations import Array
from .epsilon import EPSILON


class Gradients(NamedTuple):
    dx: Array
    dgamma: Array | None
    dbeta: Array | None


class Cache(NamedTuple):
    normal: Array  # (x - mean) * scale
    scale: Array  # 1 / sqrt(variance + epsilon)
    gamma: Array | None
    beta: Array | None


class BatchCache(NamedTuple):
    normal: Array  # (R, C), all steps of all rows
    scale: Array  # (C,)
    gamma: Array | None
    beta: Array | None
    counted: (
        NDArray[np.bool_] | None
    )  # (R,), the steps in the statistics; None: none are, inference
    divisor: float  # of the statistics


class Statistics(NamedTuple):
    mean: Array  # (C,)
    variance: Array


def _affine(normal: Array, gamma: Array | None, beta: Array | None) -> Array:
    y = normal
    if gamma is not None:
        y = y * gamma
    if beta is not None:
        y = y + beta
    return y


def layer_normalization_forward(
    x: Array, gamma: Array | None, beta: Array | None, *, epsilon: float = 1e-3
) -> tuple[Array, Cache]:
    """`x` (..., C), over the last axis; `gamma` and `beta` (C,)."""
    mean = x.mean(axis=-1, keepdims=True)
    variance = ((x - mean) ** 2).mean(axis=-1, keepdims=True)
    scale = 1.0 / np.sqrt(variance + epsilon)
    normal = (x - mean) * scale
    return _affine(normal, gamma, beta), Cache(normal, scale, gamma, beta)


def layer_normalization_backward(cache: Cache, dy: Array) -> Gradients:
    normal, scale, gamma, beta = cache
    leading = tuple(range(dy.ndim - 1))
    dnormal = dy if gamma is None else dy * gamma
    # The mean takes away the part of dnormal along ones, the variance the part along normal.
    along_ones = dnormal.mean(axis=-1, keepdims=True)
    along_normal = (dnormal * normal).mean(axis=-1, keepdims=True)
    return Gradients(
        dx=scale * (dnormal - along_ones - normal * along_normal),
        dgamma=None if gamma is None else (dy * normal).sum(axis=leading),
        dbeta=None if beta is None else dy.sum(axis=leading),
    )


def batch_normalization_forward(
    x: Array,
    gamma: Array | None,
    beta: Array | None,
    moving: Statistics,
    *,
    training: bool,
    momentum: float = 0.99,
    epsilon: float = 1e-3,
    mask: NDArray[np.bool_] | None = None,
) -> tuple[Array, Statistics, BatchCache]:
    """`x` (..., C), over all axes but the last; also gives the moving statistics after the step.

    In training, `mask` (the shape of x without C) leaves steps out of the statistics, which then
    divide by the count plus 1e-7; all steps are normalized. Otherwise `moving` is used as it is.
    """
    channels = x.shape[-1]
    rows = x.reshape(-1, channels)
    counted, divisor = None, 0.0
    if training:
        if mask is None:
            counted = np.ones(len(rows), dtype=bool)
            divisor = float(len(rows))
        else:
            counted = mask.reshape(-1)
            divisor = counted.sum() + EPSILON
        mean = rows[counted].sum(axis=0) / divisor
        variance = ((rows[counted] - mean) ** 2).sum(axis=0) / divisor
        moving = Statistics(
            momentum * moving.mean + (1.0 - momentum) * mean,
            momentum * moving.variance + (1.0 - momentum) * variance,
        )
    else:
        mean, variance = moving
    scale = 1.0 / np.sqrt(variance + epsilon)
    normal = (rows - mean) * scale
    y = _affine(normal, gamma, beta).reshape(x.shape)
    return y, moving, BatchCache(normal, scale, gamma, beta, counted, divisor)


def batch_normalization_backward(cache: BatchCache, dy: Array) -> Gradients:
    normal, scale, gamma, beta, counted, divisor = cache
    dy_rows = dy.reshape(normal.shape)
    dnormal = dy_rows if gamma is None else dy_rows * gamma
    dx = dnormal * scale
    if counted is not None:
        # normal = (x - mean) * scale at every step; the counted ones also make mean and scale.
        dmean = -(dnormal * scale).sum(axis=0)
        dvariance = (-0.5 * scale**2 * dnormal * normal).sum(axis=0)
        deviation = normal[counted] / scale
        # With Keras's 1e-7 in the count, the deviations do not quite sum to zero.
        dmean += dvariance * -2.0 * deviation.sum(axis=0) / divisor
        dx[counted] += dmean / divisor + dvariance * 2.0 * deviation / divisor
    return Gradients(
        dx=dx.reshape(dy.shape),
        dgamma=None if gamma is None else (dy_rows * normal).sum(axis=0),
        dbeta=None if beta is None else dy_rows.sum(axis=0),
    )


def normalization_forward(
    x: Array, mean: Array, variance: Array, *, invert: bool = False
) -> tuple[Array, Array]:
    """Normalization with adapted (or given) statistics, and the divisor for its backward."""
    deviation = np.maximum(np.sqrt(variance), EPSILON)
    if invert:
        return mean + x * deviation, 1.0 / deviation
    return (x - mean) / deviation, deviation


def normalization_backward(divisor: Array, dy: Array) -> Array:
    return dy / divisor


def adapt(x: Array) -> Statistics:
    """What `Normalization.adapt` learns: over all axes but the last."""
    rows = x.reshape(-1, x.shape[-1])
    return Statistics(rows.mean(axis=0), rows.var(axis=0))
