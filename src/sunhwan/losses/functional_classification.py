"""The losses of probabilities and classes, as functions; see `functional`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from sunhwan.losses.categorical_focal import CategoricalFocalCrossentropy
from sunhwan.losses.crossentropy import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    SparseCategoricalCrossentropy,
)
from sunhwan.losses.divergence import KLDivergence, Poisson
from sunhwan.losses.focal import BinaryFocalCrossentropy
from sunhwan.losses.functional import function_of, values_of
from sunhwan.losses.hinge import CategoricalHinge, Hinge, SquaredHinge


@function_of(KLDivergence, "kld", "KLD")
def kl_divergence(y_true: ArrayLike, y_pred: ArrayLike) -> np.ndarray:
    """Return the values of `KLDivergence`.

    Args:
        y_true: targets `(..., C)`.
        y_pred: predictions `(..., C)`.

    >>> kl_divergence([[0.5, 0.5]], [[0.25, 0.75]]).round(3)
    array([0.144], dtype=float32)
    """
    return values_of(KLDivergence(), y_true, y_pred)


@function_of(Poisson)
def poisson(y_true: ArrayLike, y_pred: ArrayLike) -> np.ndarray:
    """Return the values of `Poisson`.

    Args:
        y_true: targets `(..., C)`.
        y_pred: predictions `(..., C)`.

    >>> poisson([[1.0, 2.0]], [[1.0, 1.0]]).round(3)
    array([1.], dtype=float32)
    """
    return values_of(Poisson(), y_true, y_pred)


@function_of(Hinge)
def hinge(y_true: ArrayLike, y_pred: ArrayLike) -> np.ndarray:
    """Return the values of `Hinge`.

    Args:
        y_true: targets `(..., C)`.
        y_pred: predictions `(..., C)`.

    >>> hinge([[-1.0, 1.0]], [[0.5, 0.5]])
    array([1.], dtype=float32)
    """
    return values_of(Hinge(), y_true, y_pred)


@function_of(SquaredHinge)
def squared_hinge(y_true: ArrayLike, y_pred: ArrayLike) -> np.ndarray:
    """Return the values of `SquaredHinge`.

    Args:
        y_true: targets `(..., C)`.
        y_pred: predictions `(..., C)`.

    >>> squared_hinge([[-1.0, 1.0]], [[0.5, 0.5]])
    array([1.25], dtype=float32)
    """
    return values_of(SquaredHinge(), y_true, y_pred)


@function_of(CategoricalHinge)
def categorical_hinge(y_true: ArrayLike, y_pred: ArrayLike) -> np.ndarray:
    """Return the values of `CategoricalHinge`.

    Args:
        y_true: targets `(..., C)`.
        y_pred: predictions `(..., C)`.

    >>> categorical_hinge([[0.0, 1.0]], [[0.6, 0.4]]).round(3)
    array([1.2], dtype=float32)
    """
    return values_of(CategoricalHinge(), y_true, y_pred)


@function_of(BinaryCrossentropy, "bce", "BCE")
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
    return values_of(BinaryCrossentropy(from_logits, label_smoothing, axis), y_true, y_pred)


@function_of(BinaryFocalCrossentropy)
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
    return values_of(loss, y_true, y_pred)


@function_of(CategoricalCrossentropy)
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
    return values_of(CategoricalCrossentropy(from_logits, label_smoothing, axis), y_true, y_pred)


@function_of(CategoricalFocalCrossentropy)
def categorical_focal_crossentropy(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    alpha: float | Sequence[float] = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> np.ndarray:
    """Return the values of `CategoricalFocalCrossentropy`.

    Args:
        y_true: targets `(..., C)`.
        y_pred: predictions `(..., C)`.
        alpha, gamma, from_logits, label_smoothing, axis: as in `CategoricalFocalCrossentropy`.

    >>> categorical_focal_crossentropy([[0.0, 1.0]], [[0.4, 0.6]]).round(3)
    array([0.02], dtype=float32)
    """
    loss = CategoricalFocalCrossentropy(alpha, gamma, from_logits, label_smoothing, axis)
    return values_of(loss, y_true, y_pred)


@function_of(SparseCategoricalCrossentropy)
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
    return values_of(loss, y_true, y_pred)
