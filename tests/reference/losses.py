"""A loss as Keras computes it: values of each sample, weights and masks, and one number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from . import classification_losses, regression_losses
from .activations import Array


class Loss(NamedTuple):
    """`values(y_true, y_pred, **options)`, and their derivative by `y_pred`."""

    values: Callable[..., Array]
    derivative: Callable[..., Array]


REGRESSION = (
    "mean_squared_error",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "mean_squared_logarithmic_error",
    "huber",
    "log_cosh",
    "poisson",
    "cosine_similarity",
)
CLASSIFICATION = (
    "binary_crossentropy",
    "categorical_crossentropy",
    "categorical_focal_crossentropy",
    "sparse_categorical_crossentropy",
    "kl_divergence",
    "hinge",
    "squared_hinge",
    "categorical_hinge",
)
LOSSES: dict[str, Loss] = {
    name: Loss(getattr(module, name), getattr(module, f"d_{name}"))
    for module, names in ((regression_losses, REGRESSION), (classification_losses, CLASSIFICATION))
    for name in names
}


def reduction_weights(
    shape: tuple[int, ...],
    sample_weight: Array | None = None,
    mask: NDArray[np.bool_] | None = None,
    reduction: str | None = "sum_over_batch_size",
) -> Array:
    """What each value counts for in the loss: `loss = sum(weights * values)`.

    `shape` is that of the values, (N,) or (N, T); `sample_weight` is of that shape or (N,), a
    weight for a whole row; `mask` is of that shape.

    - "sum_over_batch_size", "mean": divides by the number of values, not by the sum of weights;
      with a mask, by the number of values that exist.
    - "mean_with_sample_weight": divides by the sum of the weights that exist.
    - "sum", "none", None: divides by nothing.
    """
    weights = np.ones(shape)
    if sample_weight is not None:
        row_weights = sample_weight.reshape(
            sample_weight.shape[: len(shape)] + (1,) * (len(shape) - sample_weight.ndim)
        )
        weights = weights * row_weights
    if mask is not None:
        weights = np.where(mask, weights, 0.0)
    if reduction in ("sum_over_batch_size", "mean"):
        divisor = weights.size if mask is None else mask.sum()
    elif reduction == "mean_with_sample_weight":
        divisor = weights.sum()
    elif reduction in ("sum", "none", None):
        divisor = 1.0
    else:
        raise ValueError(f"reduction must be one that Keras has, got {reduction!r}")
    return weights / divisor if divisor else np.zeros(shape)


def loss_value_and_gradient(
    name: str,
    y_true: Array | NDArray[np.integer],
    y_pred: Array,
    *,
    sample_weight: Array | None = None,
    mask: NDArray[np.bool_] | None = None,
    reduction: str | None = "sum_over_batch_size",
    ignore_class: int | None = None,
    **options: Any,
) -> tuple[float, Array]:
    """The loss, and its gradient by `y_pred` (N, K) or (N, T, K).

    `y_true` (N,) and `y_pred` (N, 1) fit each other; so do, in the sparse form, ids (..., 1) and
    (...). `ignore_class` names a label that counts as masked. With reduction "none" the loss
    and the gradient are those of the sum.
    """
    if name == "sparse_categorical_crossentropy":
        if y_true.ndim == y_pred.ndim:
            y_true = y_true[..., 0]
        if ignore_class is not None:
            exists = y_true != ignore_class
            mask = exists if mask is None else mask & exists
            y_true = np.where(exists, y_true, 0)
    elif y_true.ndim == y_pred.ndim - 1 and y_pred.shape[-1] == 1:
        y_true = y_true[..., None]
    loss = LOSSES[name]
    values = loss.values(y_true, y_pred, **options)
    weights = reduction_weights(values.shape, sample_weight, mask, reduction)
    derivative = loss.derivative(y_true, y_pred, **options)
    return float((weights * values).sum()), weights[..., None] * derivative
