"""How often predictions are right."""

from __future__ import annotations

from typing import Any

import numpy as np

from sunhwan.losses.targets import numbers

from .mean import MeanOverRows
from .metric import METRICS, arrays, check_same_shape


@METRICS.register()
class Accuracy(MeanOverRows):
    """How often predictions equal targets.

    Args:
        name: names the history.

    >>> Accuracy()([1, 2, 3, 4], [0, 2, 3, 4])
    0.75
    """

    def __init__(self, name: str | None = "accuracy", dtype: str | None = None) -> None:
        super().__init__(name, dtype)

    def values_of(self, y_true: Any, y_pred: Any) -> Any:
        """Return 1 where equal."""
        targets, predictions = arrays(y_true, y_pred)
        check_same_shape(targets, predictions, self.name)
        return targets == predictions


@METRICS.register()
class BinaryAccuracy(MeanOverRows):
    """How often predictions above `threshold` have the target 1, and others 0.

    Args:
        name: names the history.
        threshold: default 0.5.

    >>> BinaryAccuracy()([1, 1, 0, 0], [0.98, 0.2, 0.1, 0.6])
    0.5
    """

    def __init__(
        self, name: str | None = "binary_accuracy", dtype: str | None = None, threshold: float = 0.5
    ) -> None:
        if not 0 <= threshold <= 1:
            raise ValueError(f"threshold must be in [0, 1], got {threshold}")
        super().__init__(name, dtype)
        self.threshold = threshold

    def values_of(self, y_true: Any, y_pred: Any) -> Any:
        """Return the share of right numbers in each last axis."""
        targets, predictions = arrays(y_true, y_pred)
        check_same_shape(targets, predictions, self.name)
        right = (predictions > self.threshold) == targets
        return right[..., 0] if right.shape[-1:] == (1,) else right.mean(axis=-1)


@METRICS.register()
class CategoricalAccuracy(MeanOverRows):
    """How often the largest prediction is at the largest target.

    >>> CategoricalAccuracy()([[0, 0, 1], [0, 1, 0]], [[0.1, 0.1, 0.8], [0.05, 0, 0.95]])
    0.5
    """

    def __init__(self, name: str | None = "categorical_accuracy", dtype: str | None = None) -> None:
        super().__init__(name, dtype)

    def values_of(self, y_true: Any, y_pred: Any) -> Any:
        """Return 1 where right."""
        targets, predictions = numbers(y_true, y_pred)
        check_same_shape(targets, predictions, self.name)
        return targets.argmax(axis=-1) == predictions.argmax(axis=-1)


@METRICS.register()
class SparseCategoricalAccuracy(MeanOverRows):
    """How often the largest prediction is at the place that the target names.

    >>> SparseCategoricalAccuracy()([2, 1], [[0.1, 0.1, 0.8], [0.05, 0, 0.95]])
    0.5
    """

    def __init__(
        self, name: str | None = "sparse_categorical_accuracy", dtype: str | None = None
    ) -> None:
        super().__init__(name, dtype)

    def values_of(self, y_true: Any, y_pred: Any) -> Any:
        """Return 1 where right."""
        labels, predictions = labels_of(y_true, y_pred, self.name)
        return labels == predictions.argmax(axis=-1)


def labels_of(y_true: Any, y_pred: Any, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Targets that name places in the predictions' last axis, and the predictions `(..., C)`."""
    labels, predictions = numbers(y_true, y_pred)
    if labels.ndim == predictions.ndim and labels.shape[-1] == 1:
        labels = labels[..., 0]
    if labels.shape != predictions.shape[:-1]:
        raise ValueError(
            f"metric {name!r} needs targets of shape {predictions.shape[:-1]}, got {labels.shape}"
        )
    return labels.astype(np.int64), predictions
