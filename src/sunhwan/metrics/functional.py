"""Metrics as functions: the values of the rows, not gathered.

Any of them may be given to `compile` as a metric.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from .accuracy import BinaryAccuracy, CategoricalAccuracy, SparseCategoricalAccuracy
from .mean import MeanOverRows
from .top_k import SparseTopKCategoricalAccuracy, TopKCategoricalAccuracy


def binary_accuracy(y_true: ArrayLike, y_pred: ArrayLike, threshold: float = 0.5) -> np.ndarray:
    """Return the share of right numbers in each last axis: see `BinaryAccuracy`.

    Args:
        y_true: targets, 0 or 1, of the predictions' shape.
        y_pred: predictions `(..., C)`.
        threshold: default 0.5.

    >>> binary_accuracy([[1, 1], [0, 0]], [[0.9, 0.2], [0.1, 0.3]])
    array([0.5, 1. ], dtype=float32)
    """
    return _values(BinaryAccuracy(threshold=threshold), y_true, y_pred)


def categorical_accuracy(y_true: ArrayLike, y_pred: ArrayLike) -> np.ndarray:
    """Return 1 where the largest prediction is at the largest target: see `CategoricalAccuracy`.

    Args:
        y_true: one-hot targets, of the predictions' shape.
        y_pred: predictions `(..., C)`.

    >>> categorical_accuracy([[0, 1], [1, 0]], [[0.3, 0.7], [0.2, 0.8]])
    array([1., 0.], dtype=float32)
    """
    return _values(CategoricalAccuracy(), y_true, y_pred)


def sparse_categorical_accuracy(y_true: ArrayLike, y_pred: ArrayLike) -> np.ndarray:
    """Return 1 where the target names the largest prediction: see `SparseCategoricalAccuracy`.

    Args:
        y_true: class numbers `(...)` or `(..., 1)`.
        y_pred: predictions `(..., C)`.

    >>> sparse_categorical_accuracy([1, 0], [[0.3, 0.7], [0.2, 0.8]])
    array([1., 0.], dtype=float32)
    """
    return _values(SparseCategoricalAccuracy(), y_true, y_pred)


def top_k_categorical_accuracy(y_true: ArrayLike, y_pred: ArrayLike, k: int = 5) -> np.ndarray:
    """Return 1 where the class is among the `k` best: see `TopKCategoricalAccuracy`.

    Args:
        y_true: one-hot targets, of the predictions' shape.
        y_pred: predictions `(..., C)`.
        k: default 5.

    >>> top_k_categorical_accuracy([[0, 0, 1]], [[0.1, 0.7, 0.2]], k=2)
    array([1.], dtype=float32)
    """
    return _values(TopKCategoricalAccuracy(k), y_true, y_pred)


def sparse_top_k_categorical_accuracy(
    y_true: ArrayLike, y_pred: ArrayLike, k: int = 5
) -> np.ndarray:
    """Return 1 where the class is among the `k` best: see `SparseTopKCategoricalAccuracy`.

    Args:
        y_true: class numbers `(...)` or `(..., 1)`.
        y_pred: predictions `(..., C)`.
        k: default 5.

    >>> sparse_top_k_categorical_accuracy([2], [[0.1, 0.7, 0.2]], k=1)
    array([0.], dtype=float32)
    """
    return _values(SparseTopKCategoricalAccuracy(k), y_true, y_pred)


def _values(metric: MeanOverRows, y_true: ArrayLike, y_pred: ArrayLike) -> np.ndarray:
    return np.asarray(metric.values_of(y_true, y_pred), np.float32)
