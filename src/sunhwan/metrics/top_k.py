"""Whether the right class is among the best few."""

from __future__ import annotations

from typing import Any

import numpy as np

from sunhwan.losses.targets import numbers

from .accuracy import labels_of
from .mean import MeanOverRows
from .metric import METRICS, check_same_shape


def in_top_k(labels: np.ndarray, predictions: np.ndarray, k: int) -> np.ndarray:
    """Whether fewer than `k` classes have more than the labelled one.

    False where its prediction is not finite, or there is no such class.
    """
    exists = (labels >= 0) & (labels < predictions.shape[-1])
    own = np.take_along_axis(predictions, np.where(exists, labels, 0)[..., None], axis=-1)
    better = (predictions > own).sum(axis=-1)
    return exists & (better < k) & np.isfinite(own[..., 0])


class _TopK(MeanOverRows):
    def __init__(self, k: int, name: str | None, dtype: str | None) -> None:
        if k < 1:
            raise ValueError(f"k must be a positive integer, got {k!r}")
        super().__init__(name, dtype)
        self.k = k


@METRICS.register()
class TopKCategoricalAccuracy(_TopK):
    """How often the class of a one-hot target is among the `k` largest predictions.

    Args:
        k: default 5.
        name: names the history.

    >>> TopKCategoricalAccuracy(k=2)([[0, 0, 1], [0, 1, 0]], [[0.1, 0.7, 0.2], [0.5, 0.1, 0.4]])
    0.5
    """

    def __init__(
        self, k: int = 5, name: str | None = "top_k_categorical_accuracy", dtype: str | None = None
    ) -> None:
        super().__init__(k, name, dtype)

    def values_of(self, y_true: Any, y_pred: Any) -> Any:
        """Return 1 where right."""
        targets, predictions = numbers(y_true, y_pred)
        check_same_shape(targets, predictions, self.name)
        return in_top_k(targets.argmax(axis=-1), predictions, self.k)


@METRICS.register()
class SparseTopKCategoricalAccuracy(_TopK):
    """How often the class that the target names is among the `k` largest predictions.

    Args:
        k: default 5.
        name: names the history.
        from_sorted_ids: not taken; predictions are scores.

    >>> SparseTopKCategoricalAccuracy(k=2)([2, 1], [[0.1, 0.7, 0.2], [0.5, 0.1, 0.4]])
    0.5
    """

    def __init__(
        self,
        k: int = 5,
        name: str | None = "sparse_top_k_categorical_accuracy",
        dtype: str | None = None,
        from_sorted_ids: bool = False,
    ) -> None:
        if from_sorted_ids:
            raise ValueError("from_sorted_ids=True is not taken: predictions must be scores")
        super().__init__(k, name, dtype)
        self.from_sorted_ids = from_sorted_ids

    def values_of(self, y_true: Any, y_pred: Any) -> Any:
        """Return 1 where right."""
        labels, predictions = labels_of(y_true, y_pred, self.name)
        return in_top_k(labels, predictions, self.k)
