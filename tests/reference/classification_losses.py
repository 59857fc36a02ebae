"""Losses of a prediction that is a class or a probability, each beside its derivative.

`y_true` and `y_pred` are (..., K), or `y_true` the class ids (...) for the sparse form. `xxx` gives
one value for each vector, (...); `d_xxx` gives the derivative of that value by each entry of its
vector, (..., K). Probabilities are clipped to [1e-7, 1 - 1e-7]; a clipped one has no gradient.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .activations import Array, log_softmax, sigmoid, softmax, softplus
from .epsilon import EPSILON


def _clip(p: Array) -> Array:
    return np.clip(p, EPSILON, 1.0 - EPSILON)


def _inside(p: Array) -> NDArray[np.bool_]:
    return (p >= EPSILON) & (p <= 1.0 - EPSILON)


def binary_crossentropy(
    y_true: Array, y_pred: Array, from_logits: bool = False, label_smoothing: float = 0.0
) -> Array:
    """The mean of `-(t log p + (1 - t) log(1 - p))`; `y_true` may be anything in [0, 1]."""
    t = y_true * (1.0 - label_smoothing) + 0.5 * label_smoothing
    if from_logits:
        values = t * softplus(-y_pred) + (1.0 - t) * softplus(y_pred)
    else:
        p = _clip(y_pred)
        values = -(t * np.log(p) + (1.0 - t) * np.log(1.0 - p))
    return values.mean(axis=-1)


def d_binary_crossentropy(
    y_true: Array, y_pred: Array, from_logits: bool = False, label_smoothing: float = 0.0
) -> Array:
    t = y_true * (1.0 - label_smoothing) + 0.5 * label_smoothing
    if from_logits:
        derivative = sigmoid(y_pred) - t
    else:
        p = _clip(y_pred)
        derivative = np.where(_inside(y_pred), (1.0 - t) / (1.0 - p) - t / p, 0.0)
    return derivative / y_pred.shape[-1]


def categorical_crossentropy(
    y_true: Array, y_pred: Array, from_logits: bool = False, label_smoothing: float = 0.0
) -> Array:
    """`-sum t log p`, with `p = y_pred / sum(y_pred)` or, from logits, `softmax(y_pred)`."""
    t = y_true * (1.0 - label_smoothing) + label_smoothing / y_true.shape[-1]
    if from_logits:
        log_p = log_softmax(y_pred)
    else:
        log_p = np.log(_clip(y_pred / y_pred.sum(axis=-1, keepdims=True)))
    return -(t * log_p).sum(axis=-1)


def d_categorical_crossentropy(
    y_true: Array, y_pred: Array, from_logits: bool = False, label_smoothing: float = 0.0
) -> Array:
    t = y_true * (1.0 - label_smoothing) + label_smoothing / y_true.shape[-1]
    if from_logits:
        return softmax(y_pred) * t.sum(axis=-1, keepdims=True) - t
    total = y_pred.sum(axis=-1, keepdims=True)
    p = y_pred / total
    dp = np.where(_inside(p), -t / _clip(p), 0.0)
    return (dp - (dp * p).sum(axis=-1, keepdims=True)) / total


def categorical_focal_crossentropy(
    y_true: Array,
    y_pred: Array,
    alpha: Any = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
) -> Array:
    """`-sum alpha (1 - p)^gamma t log p`, `p` as in the categorical form, but clipped always."""
    t = y_true * (1.0 - label_smoothing) + label_smoothing / y_true.shape[-1]
    y = softmax(y_pred) if from_logits else y_pred
    p = _clip(y / y.sum(axis=-1, keepdims=True))
    return -(np.asarray(alpha) * (1.0 - p) ** gamma * t * np.log(p)).sum(axis=-1)


def d_categorical_focal_crossentropy(
    y_true: Array,
    y_pred: Array,
    alpha: Any = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
) -> Array:
    t = y_true * (1.0 - label_smoothing) + label_smoothing / y_true.shape[-1]
    y = softmax(y_pred) if from_logits else y_pred
    total = y.sum(axis=-1, keepdims=True)
    p = _clip(y / total)
    df = gamma * (1.0 - p) ** (gamma - 1.0) * np.log(p) - (1.0 - p) ** gamma / p
    dp = np.where(_inside(y / total), np.asarray(alpha) * t * df, 0.0)
    dy = (dp - (dp * y / total).sum(axis=-1, keepdims=True)) / total
    return (dy - (dy * y).sum(axis=-1, keepdims=True)) * y if from_logits else dy


def _one_hot(ids: NDArray[np.integer], classes: int) -> Array:
    return (ids[..., None] == np.arange(classes)).astype(np.float64)


def sparse_categorical_crossentropy(
    y_true: NDArray[np.integer], y_pred: Array, from_logits: bool = False
) -> Array:
    """`-log(p[y_true] / sum p)`: unlike the categorical form, clipped before the sum is taken."""
    ids = _one_hot(y_true, y_pred.shape[-1])
    if from_logits:
        return categorical_crossentropy(ids, y_pred, True)
    p = _clip(y_pred)
    return np.log(p.sum(axis=-1)) - (ids * np.log(p)).sum(axis=-1)


def d_sparse_categorical_crossentropy(
    y_true: NDArray[np.integer], y_pred: Array, from_logits: bool = False
) -> Array:
    ids = _one_hot(y_true, y_pred.shape[-1])
    if from_logits:
        return d_categorical_crossentropy(ids, y_pred, True)
    p = _clip(y_pred)
    return (1.0 / p.sum(axis=-1, keepdims=True) - ids / p) * _inside(y_pred)


def kl_divergence(y_true: Array, y_pred: Array) -> Array:
    """`sum t log(t / p)`, both clipped to [1e-7, 1]."""
    t, p = np.clip(y_true, EPSILON, 1.0), np.clip(y_pred, EPSILON, 1.0)
    return (t * np.log(t / p)).sum(axis=-1)


def d_kl_divergence(y_true: Array, y_pred: Array) -> Array:
    t, p = np.clip(y_true, EPSILON, 1.0), np.clip(y_pred, EPSILON, 1.0)
    return np.where((y_pred >= EPSILON) & (y_pred <= 1.0), -t / p, 0.0)


def _signs(y_true: Array) -> Array:
    """Labels -1 and 1, from 0 and 1 if all are one of these; else the labels as they are."""
    return 2.0 * y_true - 1.0 if np.isin(y_true, (0.0, 1.0)).all() else y_true


def hinge(y_true: Array, y_pred: Array) -> Array:
    return np.maximum(1.0 - _signs(y_true) * y_pred, 0.0).mean(axis=-1)


def d_hinge(y_true: Array, y_pred: Array) -> Array:
    t = _signs(y_true)
    return np.where(1.0 - t * y_pred > 0.0, -t, 0.0) / y_pred.shape[-1]


def squared_hinge(y_true: Array, y_pred: Array) -> Array:
    return (np.maximum(1.0 - _signs(y_true) * y_pred, 0.0) ** 2).mean(axis=-1)


def d_squared_hinge(y_true: Array, y_pred: Array) -> Array:
    t = _signs(y_true)
    return -2.0 * t * np.maximum(1.0 - t * y_pred, 0.0) / y_pred.shape[-1]


def categorical_hinge(y_true: Array, y_pred: Array) -> Array:
    """`max(0, 1 + greatest wrong score - right score)`, for one-hot labels."""
    right = (y_true * y_pred).sum(axis=-1)
    wrong = ((1.0 - y_true) * y_pred).max(axis=-1)
    return np.maximum(wrong - right + 1.0, 0.0)


def d_categorical_hinge(y_true: Array, y_pred: Array) -> Array:
    """Equally great wrong scores share the gradient equally."""
    scores = (1.0 - y_true) * y_pred
    greatest = scores == scores.max(axis=-1, keepdims=True)
    share = greatest / greatest.sum(axis=-1, keepdims=True)
    active = categorical_hinge(y_true, y_pred)[..., None] > 0.0
    return np.where(active, share * (1.0 - y_true) - y_true, 0.0)
