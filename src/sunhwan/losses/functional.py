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

    >>> mean_squared_error([[0.0, 1.0], [0.0, 0.0]], [[2.0, 1.0], [1.0, 1.0]])
    array([2., 1.], dtype=float32)
    """
    return _values(MeanSquaredError(), y_true, y_pred)


@_of(MeanAbsoluteError, "mae", "MAE")
def mean_absolute_error(y_true: ArrayLike, y_pred: ArrayLike) -> np.ndarray:
    """Return the values of `MeanAbsoluteError`."""
    return _values(MeanAbsoluteError(), y_true, y_pred)


@_of(MeanAbsolutePercentageError, "mape", "MAPE")
def mean_absolute_percentage_error(y_true: ArrayLike, y_pred: ArrayLike) -> np.ndarray:
    """Return the values of `MeanAbsolutePercentageError`."""
    return _values(MeanAbsolutePercentageError(), y_true, y_pred)


@_of(MeanSquaredLogarithmicError, "msle", "MSLE")
def mean_squared_logarithmic_error(y_true: ArrayLike, y_pred: ArrayLike) -> np.ndarray:
    """Return the values of `MeanSquaredLogarithmicError`."""
    return _values(MeanSquaredLogarithmicError(), y_true, y_pred)


@_of(Huber)
def huber(y_true: ArrayLike, y_pred: ArrayLike, delta: float = 1.0) -> np.ndarray:
    """Return the values of `Huber`."""
    return _values(Huber(delta), y_true, y_pred)


@_of(LogCosh, "logcosh")
def log_cosh(y_true: ArrayLike, y_pred: ArrayLike) -> np.ndarray:
    """Return the values of `LogCosh`."""
    return _values(LogCosh(), y_true, y_pred)


@_of(CosineSimilarity)
def cosine_similarity(y_true: ArrayLike, y_pred: ArrayLike, axis: int = -1) -> np.ndarray:
    """Return the values of `CosineSimilarity`, -1 for equal directions."""
    return _values(CosineSimilarity(axis), y_true, y_pred)


@_of(KLDivergence, "kld", "KLD")
def kl_divergence(y_true: ArrayLike, y_pred: ArrayLike) -> np.ndarray:
    """Return the values of `KLDivergence`."""
    return _values(KLDivergence(), y_true, y_pred)


@_of(Poisson)
def poisson(y_true: ArrayLike, y_pred: ArrayLike) -> np.ndarray:
    """Return the values of `Poisson`."""
    return _values(Poisson(), y_true, y_pred)


@_of(Hinge)
def hinge(y_true: ArrayLike, y_pred: ArrayLike) -> np.ndarray:
    """Return the values of `Hinge`."""
    return _values(Hinge(), y_true, y_pred)


@_of(SquaredHinge)
def squared_hinge(y_true: ArrayLike, y_pred: ArrayLike) -> np.ndarray:
    """Return the values of `SquaredHinge`."""
    return _values(SquaredHinge(), y_true, y_pred)


@_of(CategoricalHinge)
def categorical_hinge(y_true: ArrayLike, y_pred: ArrayLike) -> np.ndarray:
    """Return the values of `CategoricalHinge`."""
    return _values(CategoricalHinge(), y_true, y_pred)


@_of(BinaryCrossentropy, "bce", "BCE")
def binary_crossentropy(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> np.ndarray:
    """Return the values of `BinaryCrossentropy`."""
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
    """Return the values of `BinaryFocalCrossentropy`."""
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
    """Return the values of `CategoricalCrossentropy`."""
    return _values(CategoricalCrossentropy(from_logits, label_smoothing, axis), y_true, y_pred)


@_of(SparseCategoricalCrossentropy)
def sparse_categorical_crossentropy(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    from_logits: bool = False,
    ignore_class: int | None = None,
    axis: int = -1,
) -> np.ndarray:
    """Return the values of `SparseCategoricalCrossentropy`."""
    loss = SparseCategoricalCrossentropy(from_logits, ignore_class, axis=axis)
    return _values(loss, y_true, y_pred)
