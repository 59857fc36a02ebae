"""The share of the targets' variance that predictions explain."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .metric import METRICS, Metric, arrays, broadcast_weight, check_same_shape

_AGGREGATIONS = (None, "uniform_average", "variance_weighted_average")


@METRICS.register()
class R2Score(Metric):
    """`1 - sum((y_true - y_pred)^2) / sum((y_true - mean(y_true))^2)` of each column.

    Args:
        class_aggregation: `"uniform_average"` (default) the mean over the columns,
            `"variance_weighted_average"` weighted by the columns' variance, `None` each its own.
        num_regressors: above 0, the number of inputs that the adjusted score corrects for; like
            Keras, it takes the targets' numbers, of all columns, for independent samples.
        name: names the history.

    Raises:
        ValueError: `class_aggregation` is none of these, or `num_regressors` is negative.

    >>> round(R2Score()([[1], [4], [3]], [[2], [4], [4]]), 4)
    0.5714
    """

    def __init__(
        self,
        class_aggregation: str | None = "uniform_average",
        num_regressors: int = 0,
        name: str | None = "r2_score",
        dtype: str | None = None,
    ) -> None:
        if class_aggregation not in _AGGREGATIONS:
            raise ValueError(
                f"class_aggregation must be one of {_AGGREGATIONS}, got {class_aggregation!r}"
            )
        if num_regressors < 0:
            raise ValueError(f"num_regressors must be 0 or more, got {num_regressors}")
        self.class_aggregation = class_aggregation
        self.num_regressors = num_regressors
        super().__init__(name, dtype)

    def reset_state(self) -> None:
        """Forget what was seen."""
        self._weights: Any = 0.0
        self._sum: Any = 0.0
        self._squares: Any = 0.0
        self._residuals: Any = 0.0
        self._numbers = 0

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add a batch of targets and predictions `(N, columns)`."""
        targets, predictions = arrays(y_true, y_pred)
        check_same_shape(targets, predictions, self.name)
        targets = targets.astype(np.float64).reshape(len(targets), math.prod(targets.shape[1:]))
        predictions = predictions.astype(np.float64).reshape(targets.shape)
        weight = np.ones(targets.shape)
        if sample_weight is not None:
            weight = broadcast_weight(sample_weight, targets.shape)
        self._weights += weight.sum(axis=0)
        self._sum += (weight * targets).sum(axis=0)
        self._squares += (weight * targets**2).sum(axis=0)
        self._residuals += (weight * (targets - predictions) ** 2).sum(axis=0)
        self._numbers += targets.size

    def result(self) -> Any:
        """Return the score; 0 of nothing, and where the targets do not vary and are not met."""
        if not self._numbers:
            return 0.0
        with np.errstate(divide="ignore", invalid="ignore"):
            mean = self._sum / self._weights
            total = np.asarray(self._squares - self._sum * mean)
            score = np.asarray(1 - self._residuals / total)
        score = np.where(np.isinf(score), 0.0, score)
        if self.class_aggregation == "uniform_average":
            score = score.mean()
        elif self.class_aggregation == "variance_weighted_average":
            score = (score * total).sum() / total.sum()
        numbers, regressors = self._numbers, self.num_regressors
        if 0 < regressors < numbers - 1:
            score = 1 - (1 - score) * (numbers - 1) / (numbers - regressors - 1)
        return float(score) if np.ndim(score) == 0 else np.asarray(score)
