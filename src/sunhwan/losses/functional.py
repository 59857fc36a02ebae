"""Losses as functions: the values of the entries, not reduced.

Each takes targets and predictions ``(..., C)`` and returns the values ``(...)``, float32; its
equation is that of its class.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from sunhwan.losses.crossentropy import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    SparseCategoricalCrossentropy,
)
from sunhwan.losses.divergence import KLDivergence, Poisson
from sunhwan.losses.focal import BinaryFocalCrossentropy
from sunhwan.losses.hinge import CategoricalHinge, Hinge, SquaredHinge
from sunhwan.losses.loss import LOSSES, Loss
from sunhwan.losses.regression import (
    CosineSimilarity,
    Huber,
    LogCosh,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
)
from sunhwan.losses.targets import align

Function = TypeVar("Function", bound=Callable[..., np.ndarray])

CLASSES: dict[Any, type[Loss]] = {}  # function -> the class of the same loss


def _of(cls: type[Loss], *aliases: str) -> Callable[[Function], Function]:
    def add(function: Function) -> Function:
        CLASSES[function] = cls
        return LOSSES.register(*aliases)(function)

    return add


def _values(loss: Loss, y_true: ArrayLike, y_pred: ArrayLike) -> np.ndarray:
    targets, predictions = align(y_true, y_pred, loss.takes_labels)
    return loss.call(loss.check_targets(targets, predictions.shape, "y_true"), predictions)


@_of(MeanSquaredError, "mse", "MSE")
def mean_squared_error(y_true: ArrayLike, y_pred: ArrayLike) -> np.ndarray:
    """Return the values of `MeanSquaredError`.

    Args:
        y_true: targets `(..., C)`.
        y_pred: predictions `(..., C)`.

    >>> mean_squared_error([[0.0, 1.0], [0.0, 0.0]], [[2.0, 1.0], [1.0, 1.0]])
    array([2., 1.], dtype=float32)
    """
    return _values(MeanSquaredError(), y_true, y_pred)


@_of(MeanAbsoluteError, "mae", "MAE")
def mean_absolute_error(y_true: ArrayLike, y_pred: ArrayLike) -> np.ndarray:
    """Return the values of `MeanAbsoluteError`.

    Args:
        y_true: targets `(..., C)`.
        y_pred: predictions `(..., C)`.

    >>> mean_absolute_error([[0.0, 1.0]], [[2.0, 1.0]])
    array([1.], dtype=float32)
    """
    return _values(MeanAbsoluteError(), y_true, y_pred)


@_of(MeanAbsolutePercentageError, "mape", "MAPE")
def mean_absolute_percentage_error(y_true: ArrayLike, y_pred: ArrayLike) -> np.ndarray:
    """Return the values of `MeanAbsolutePercentageError`.

    Args:
        y_true: targets `(..., C)`.
        y_pred: predictions `(..., C)`.

    >>> mean_absolute_percentage_error([[2.0, 4.0]], [[1.0, 4.0]])
    array([25.], dtype=float32)
    """
    return _values(MeanAbsolutePercentageError(), y_true, y_pred)


@_of(MeanSquaredLogarithmicError, "msle", "MSLE")
def mean_squared_logarithmic_error(y_true: ArrayLike, y_pred: ArrayLike) -> np.ndarray:
    """Return the values of `MeanSquaredLogarithmicError`.

    Args:
        y_true: targets `(..., C)`.
        y_pred: predictions `(..., C)`.

    >>> mean_squared_logarithmic_error([[0.0]], [[1.0]]).round(3)
    array([0.48], dtype=float32)
    """
    return _values(MeanSquaredLogarithmicError(), y_true, y_pred)


@_of(Huber)
def huber(y_true: ArrayLike, y_pred: ArrayLike, delta: float = 1.0) -> np.ndarray:
    """Return the values of `Huber`.

    Args:
        y_true: targets `(..., C)`.
        y_pred: predictions `(..., C)`.
        delta: as in `Huber`.

    >>> huber([[0.0, 0.0]], [[1.0, 3.0]])
    array([1.5], dtype=float32)
    """
    return _values(Huber(delta), y_true, y_pred)


@_of(LogCosh, "logcosh")
def log_cosh(y_true: ArrayLike, y_pred: ArrayLike) -> np.ndarray:
    """Return the values of `LogCosh`.

    Args:
        y_true: targets `(..., C)`.
        y_pred: predictions `(..., C)`.

    >>> log_cosh([[0.0]], [[1.0]]).round(3)
    array([0.434], dtype=float32)
    """
    return _values(LogCosh(), y_true, y_pred)


@_of(CosineSimilarity)
def cosine_similarity(y_true: ArrayLike, y_pred: ArrayLike, axis: int = -1) -> np.ndarray:
    """Return the values of `CosineSimilarity`, -1 for equal directions.

    Args:
        y_true: targets `(..., C)`.
        y_pred: predictions `(..., C)`.
        axis: as in `CosineSimilarity`.

    >>> cosine_similarity([[3.0, 4.0]], [[4.0, 3.0]]).round(3)
    array([-0.96], dtype=float32)
    """
    return _values(CosineSimilarity(axis), y_true, y_pred)


@_of(KLDivergence, "kld", "KLD")
def kl_divergence(y_true: ArrayLike, y_pred: ArrayLike) -> np.ndarray:
    """Return the values of `KLDivergence`.

    Args:
        y_true: targets `(..., C)`.
        y_pred: predictions `(..., C)`.

    >>> kl_divergence([[0.5, 0.5]], [[0.25, 0.75]]).round(3)
    array([0.144], dtype=float32)
    """
    return _values(KLDivergence(), y_true, y_pred)


@_of(Poisson)
def poisson(y_true: ArrayLike, y_pred: ArrayLike) -> np.ndarray:
    """Return the values of `Poisson`.

    Args:
        y_true: targets `(..., C)`.
        y_pred: predictions `(..., C)`.

    >>> poisson([[1.0, 2.0]], [[1.0, 1.0]]).round(3)
    array([1.], dtype=float32)
    """
    return _values(Poisson(), y_true, y_pred)


@_of(Hinge)
def hinge(y_true: ArrayLike, y_pred: ArrayLike) -> np.ndarray:
    """Return the values of `Hinge`.

    Args:
        y_true: targets `(..., C)`.
        y_pred: predictions `(..., C)`.

    >>> hinge([[-1.0, 1.0]], [[0.5, 0.5]])
    array([1.], dtype=float32)
    """
    return _values(Hinge(), y_true, y_pred)


@_of(SquaredHinge)
def squared_hinge(y_true: ArrayLike, y_pred: ArrayLike) -> np.ndarray:
    """Return the values of `SquaredHinge`.

    Args:
        y_true: targets `(..., C)`.
        y_pred: predictions `(..., C)`.

    >>> squared_hinge([[-1.0, 1.0]], [[0.5, 0.5]])
    array([1.25], dtype=float32)
    """
    return _values(SquaredHinge(), y_true, y_pred)


@_of(CategoricalHinge)
def categorical_hinge(y_true: ArrayLike, y_pred: ArrayLike) -> np.ndarray:
    """Return the values of `CategoricalHinge`.

    Args:
        y_true: targets `(..., C)`.
        y_pred: predictions `(..., C)`.

    >>> categorical_hinge([[0.0, 1.0]], [[0.6, 0.4]]).round(3)
    array([1.2], dtype=float32)
    """
    return _values(CategoricalHinge(), y_true, y_pred)


@_of(BinaryCrossentropy, "bce", "BCE")
def binary_crossentropy(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> np.ndarray:
    """Return the values of `BinaryCrossentropy`.

    Args:
        y_true: targets `(..., C)`.
        y_pred: predictions `(..., C)`.
        from_logits, label_smoothing, axis: as in `BinaryCrossentropy`.

    >>> binary_crossentropy([[1.0], [0.0]], [[0.8], [0.4]]).round(3)
    array([0.223, 0.511], dtype=float32)
    """
    return _values(BinaryCrossentropy(from_logits, label_smoothing, axis), y_true, y_pred)


@_of(BinaryFocalCrossentropy)
def binary_focal_crossentropy(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    apply_class_balancing: bool = False,
    alpha: float = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> np.ndarray:
    """Return the values of `BinaryFocalCrossentropy`.

    Args:
        y_true: targets `(..., C)`.
        y_pred: predictions `(..., C)`.
        apply_class_balancing, alpha, gamma, from_logits, label_smoothing, axis: as in
            `BinaryFocalCrossentropy`.

    >>> binary_focal_crossentropy([[1.0], [0.0]], [[0.8], [0.4]]).round(3)
    array([0.009, 0.082], dtype=float32)
    """
    loss = BinaryFocalCrossentropy(
        apply_class_balancing, alpha, gamma, from_logits, label_smoothing, axis
    )
    return _values(loss, y_true, y_pred)


@_of(CategoricalCrossentropy)
def categorical_crossentropy(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> np.ndarray:
    """Return the values of `CategoricalCrossentropy`.

    Args:
        y_true: targets `(..., C)`.
        y_pred: predictions `(..., C)`.
        from_logits, label_smoothing, axis: as in `CategoricalCrossentropy`.

    >>> categorical_crossentropy([[0.0, 1.0]], [[0.2, 0.8]]).round(3)
    array([0.223], dtype=float32)
    """
    return _values(CategoricalCrossentropy(from_logits, label_smoothing, axis), y_true, y_pred)


@_of(SparseCategoricalCrossentropy)
def sparse_categorical_crossentropy(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    from_logits: bool = False,
    ignore_class: int | None = None,
    axis: int = -1,
) -> np.ndarray:
    """Return the values of `SparseCategoricalCrossentropy`.

    Args:
        y_true: class numbers `(...)`.
        y_pred: predictions `(..., C)`.
        from_logits, ignore_class, axis: as in `SparseCategoricalCrossentropy`.

    >>> sparse_categorical_crossentropy([1, 0], [[0.2, 0.8], [0.5, 0.5]]).round(3)
    array([0.223, 0.693], dtype=float32)
    """
    loss = SparseCategoricalCrossentropy(from_logits, ignore_class, axis=axis)
    return _values(loss, y_true, y_pred)
