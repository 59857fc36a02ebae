"""The losses of distances between numbers, as functions; see `functional`."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from sunhwan.losses.functional import function_of, values_of
from sunhwan.losses.regression import (
    CosineSimilarity,
    Huber,
    LogCosh,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
)


@function_of(MeanSquaredError, "mse", "MSE")
def mean_squared_error(y_true: ArrayLike, y_pred: ArrayLike) -> np.ndarray:
    """Return the values of `MeanSquaredError`.

    Args:
        y_true: targets `(..., C)`.
        y_pred: predictions `(..., C)`.

    >>> mean_squared_error([[0.0, 1.0], [0.0, 0.0]], [[2.0, 1.0], [1.0, 1.0]])
    array([2., 1.], dtype=float32)
    """
    return values_of(MeanSquaredError(), y_true, y_pred)


@function_of(MeanAbsoluteError, "mae", "MAE")
def mean_absolute_error(y_true: ArrayLike, y_pred: ArrayLike) -> np.ndarray:
    """Return the values of `MeanAbsoluteError`.

    Args:
        y_true: targets `(..., C)`.
        y_pred: predictions `(..., C)`.

    >>> mean_absolute_error([[0.0, 1.0]], [[2.0, 1.0]])
    array([1.], dtype=float32)
    """
    return values_of(MeanAbsoluteError(), y_true, y_pred)


@function_of(MeanAbsolutePercentageError, "mape", "MAPE")
def mean_absolute_percentage_error(y_true: ArrayLike, y_pred: ArrayLike) -> np.ndarray:
    """Return the values of `MeanAbsolutePercentageError`.

    Args:
        y_true: targets `(..., C)`.
        y_pred: predictions `(..., C)`.

    >>> mean_absolute_percentage_error([[2.0, 4.0]], [[1.0, 4.0]])
    array([25.], dtype=float32)
    """
    return values_of(MeanAbsolutePercentageError(), y_true, y_pred)


@function_of(MeanSquaredLogarithmicError, "msle", "MSLE")
def mean_squared_logarithmic_error(y_true: ArrayLike, y_pred: ArrayLike) -> np.ndarray:
    """Return the values of `MeanSquaredLogarithmicError`.

    Args:
        y_true: targets `(..., C)`.
        y_pred: predictions `(..., C)`.

    >>> mean_squared_logarithmic_error([[0.0]], [[1.0]]).round(3)
    array([0.48], dtype=float32)
    """
    return values_of(MeanSquaredLogarithmicError(), y_true, y_pred)


@function_of(Huber)
def huber(y_true: ArrayLike, y_pred: ArrayLike, delta: float = 1.0) -> np.ndarray:
    """Return the values of `Huber`.

    Args:
        y_true: targets `(..., C)`.
        y_pred: predictions `(..., C)`.
        delta: as in `Huber`.

    >>> huber([[0.0, 0.0]], [[1.0, 3.0]])
    array([1.5], dtype=float32)
    """
    return values_of(Huber(delta), y_true, y_pred)


@function_of(LogCosh, "logcosh")
def log_cosh(y_true: ArrayLike, y_pred: ArrayLike) -> np.ndarray:
    """Return the values of `LogCosh`.

    Args:
        y_true: targets `(..., C)`.
        y_pred: predictions `(..., C)`.

    >>> log_cosh([[0.0]], [[1.0]]).round(3)
    array([0.434], dtype=float32)
    """
    return values_of(LogCosh(), y_true, y_pred)


@function_of(CosineSimilarity)
def cosine_similarity(y_true: ArrayLike, y_pred: ArrayLike, axis: int = -1) -> np.ndarray:
    """Return the values of `CosineSimilarity`, -1 for equal directions.

    Args:
        y_true: targets `(..., C)`.
        y_pred: predictions `(..., C)`.
        axis: as in `CosineSimilarity`.

    >>> cosine_similarity([[3.0, 4.0]], [[4.0, 3.0]]).round(3)
    array([-0.96], dtype=float32)
    """
    return values_of(CosineSimilarity(axis), y_true, y_pred)
