"""Losses of a prediction that is a number or a vector, each beside its derivative.

`y_true` and `y_pred` are (..., K). `xxx` gives one value for each vector, (...); `d_xxx` gives the
derivative of that value by each entry of its vector, (..., K).
"""

from __future__ import annotations

import math

import numpy as np

from .activations import Array, softplus
from .epsilon import EPSILON


def mean_squared_error(y_true: Array, y_pred: Array) -> Array:
    return ((y_pred - y_true) ** 2).mean(axis=-1)


def d_mean_squared_error(y_true: Array, y_pred: Array) -> Array:
    return 2.0 * (y_pred - y_true) / y_pred.shape[-1]


def mean_absolute_error(y_true: Array, y_pred: Array) -> Array:
    return np.abs(y_pred - y_true).mean(axis=-1)


def d_mean_absolute_error(y_true: Array, y_pred: Array) -> Array:
    """0 where the prediction is exact."""
    return np.sign(y_pred - y_true) / y_pred.shape[-1]


def mean_absolute_percentage_error(y_true: Array, y_pred: Array) -> Array:
    return 100.0 * np.abs((y_true - y_pred) / np.maximum(np.abs(y_true), EPSILON)).mean(axis=-1)


def d_mean_absolute_percentage_error(y_true: Array, y_pred: Array) -> Array:
    divisor = np.maximum(np.abs(y_true), EPSILON) * y_pred.shape[-1]
    return 100.0 * np.sign(y_pred - y_true) / divisor


def _log_one_more(y: Array) -> Array:
    return np.log(np.maximum(y, EPSILON) + 1.0)


def mean_squared_logarithmic_error(y_true: Array, y_pred: Array) -> Array:
    return ((_log_one_more(y_pred) - _log_one_more(y_true)) ** 2).mean(axis=-1)


def d_mean_squared_logarithmic_error(y_true: Array, y_pred: Array) -> Array:
    difference = _log_one_more(y_pred) - _log_one_more(y_true)
    inside = y_pred >= EPSILON
    slope = np.where(inside, 1.0 / (np.maximum(y_pred, EPSILON) + 1.0), 0.0)
    return 2.0 * difference * slope / y_pred.shape[-1]


def huber(y_true: Array, y_pred: Array, delta: float = 1.0) -> Array:
    error = np.abs(y_pred - y_true)
    values = np.where(error <= delta, 0.5 * error**2, delta * error - 0.5 * delta**2)
    return values.mean(axis=-1)


def d_huber(y_true: Array, y_pred: Array, delta: float = 1.0) -> Array:
    return np.clip(y_pred - y_true, -delta, delta) / y_pred.shape[-1]


def log_cosh(y_true: Array, y_pred: Array) -> Array:
    """The mean of `log(cosh(y_pred - y_true))`, without overflow."""
    error = y_pred - y_true
    return (error + softplus(-2.0 * error) - math.log(2.0)).mean(axis=-1)


def d_log_cosh(y_true: Array, y_pred: Array) -> Array:
    return np.tanh(y_pred - y_true) / y_pred.shape[-1]


def poisson(y_true: Array, y_pred: Array) -> Array:
    return (y_pred - y_true * np.log(y_pred + EPSILON)).mean(axis=-1)


def d_poisson(y_true: Array, y_pred: Array) -> Array:
    return (1.0 - y_true / (y_pred + EPSILON)) / y_pred.shape[-1]


def _inverse_length(y: Array) -> Array:
    length = np.sqrt((y**2).sum(axis=-1, keepdims=True))
    return 1.0 / np.maximum(length, EPSILON)


def cosine_similarity(y_true: Array, y_pred: Array) -> Array:
    """Minus the cosine: -1 where the directions agree. A zero vector counts as 0."""
    unit_true = y_true * _inverse_length(y_true)
    unit_pred = y_pred * _inverse_length(y_pred)
    return -(unit_true * unit_pred).sum(axis=-1)


def d_cosine_similarity(y_true: Array, y_pred: Array) -> Array:
    inverse = _inverse_length(y_pred)
    unit_pred = y_pred * inverse
    dunit = -y_true * _inverse_length(y_true)
    along = (dunit * unit_pred).sum(axis=-1, keepdims=True)
    at_bound = inverse >= 1.0 / EPSILON  # where the length is taken as the constant EPSILON
    return inverse * (dunit - np.where(at_bound, 0.0, along * unit_pred))
