"""The area under a curve of trade-offs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from sunhwan._engine.arguments import check_flag, check_number

from .metric import (
    METRICS,
    Metric,
    arrays,
    broadcast_weight,
    chances,
    check_same_shape,
    divide,
)

_CURVES = ("ROC", "PR")
_NUMBERS_OF_THRESHOLDS = range(2, 1_000_001)
_SUMMATIONS = ("interpolation", "minoring", "majoring")


@METRICS.register()
class AUC(Metric):
    """The area under the ROC or the precision-recall curve, from counts at fixed thresholds.

    Args:
        num_thresholds: how many, evenly from 0 to 1, default 200.
        curve: `"ROC"` (true over false positive rate) or `"PR"` (precision over recall).
        summation_method: `"interpolation"`, `"minoring"` or `"majoring"`: between two thresholds
            the mean, the smaller or the larger height (for PR, interpolation between counts).
        name: names the history.
        thresholds: the thresholds within (0, 1), in place of `num_thresholds`.
        multi_label: whether each column of predictions has an area of its own, then averaged.
        num_labels: how many columns, for `multi_label`; default as many as come.
        label_weights: weights of the columns in their mean.
        from_logits: whether predictions are logits.

    Raises:
        ValueError: an argument is none of these.

    Source: Davis and Goadrich, "The relationship between precision-recall and ROC curves", 2006.

    >>> AUC(num_thresholds=3)([0, 0, 1, 1], [0, 0.5, 0.3, 0.9])
    0.75
    """

    def __init__(
        self,
        num_thresholds: int = 200,
        curve: str = "ROC",
        summation_method: str = "interpolation",
        name: str | None = None,
        dtype: str | None = None,
        thresholds: Sequence[float] | None = None,
        multi_label: bool = False,
        num_labels: int | None = None,
        label_weights: Sequence[float] | None = None,
        from_logits: bool = False,
    ) -> None:
        if str(curve).upper() not in _CURVES:
            raise ValueError(f"curve must be 'ROC' or 'PR', got {curve!r}")
        if summation_method not in _SUMMATIONS:
            raise ValueError(
                f"summation_method must be one of {_SUMMATIONS}, got {summation_method!r}"
            )
        if thresholds is None:
            expected = f"an integer from 2 to {len(_NUMBERS_OF_THRESHOLDS) + 1}"
            allows = _NUMBERS_OF_THRESHOLDS.__contains__
            check_number("num_thresholds", num_thresholds, expected, allows)
        self.num_thresholds = num_thresholds
        self.curve = curve.upper()
        self.summation_method = summation_method
        self.thresholds = None if thresholds is None else sorted(thresholds)
        self.multi_label = check_flag("multi_label", multi_label)
        self.num_labels = num_labels
        self.label_weights = label_weights
        self.from_logits = check_flag("from_logits", from_logits)
        inner = self.thresholds
        if inner is None:
            inner = [i / (num_thresholds - 1) for i in range(1, num_thresholds - 1)]
        if any(not 0 <= threshold <= 1 for threshold in inner):
            raise ValueError(f"thresholds must be in [0, 1], got {thresholds}")
        self._thresholds = np.array([-1e-7, *inner, 1 + 1e-7])
        super().__init__(name, dtype)

    def reset_state(self) -> None:
        """Forget what was seen."""
        self._positives: Any = None  # (columns, thresholds): weights of targets 1 above each
        self._negatives: Any = None

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add a batch."""
        targets, scores = arrays(y_true, y_pred)
        check_same_shape(targets, scores, self.name)
        scores = scores.astype(np.float64)
        if self.from_logits:
            scores = 1 / (1 + np.exp(-scores))
        weight = np.ones(scores.shape)
        if sample_weight is not None:
            weight = broadcast_weight(sample_weight, scores.shape)
        hint = "; pass from_logits=True for logits"
        scores, weight = chances(scores, weight, self.name, hint)
        columns = scores.shape[-1] if self.multi_label else 1
        shape = (-1, columns)
        buckets = self._buckets(scores).reshape(shape)
        truth, weight = (targets != 0).reshape(shape), weight.reshape(shape)
        if self._positives is None:
            self._positives = np.zeros((columns, len(self._thresholds)))
            self._negatives = np.zeros((columns, len(self._thresholds)))
        for column in range(columns):
            for counts, kept in ((self._positives, truth), (self._negatives, ~truth)):
                counts[column] += self._above(
                    buckets[:, column], weight[:, column] * kept[:, column]
                )

    def _buckets(self, scores: np.ndarray) -> np.ndarray:
        """The last threshold that each score is above."""
        if self.thresholds is None:
            scaled = scores.astype(np.float32) * np.float32(self.num_thresholds - 1)
            return np.maximum(np.ceil(scaled) - 1, 0).astype(np.int64)
        return np.searchsorted(self._thresholds, scores, side="left") - 1

    def _above(self, buckets: np.ndarray, weight: np.ndarray) -> np.ndarray:
        """The weight of what is above each threshold."""
        counts = np.bincount(buckets, weight, minlength=len(self._thresholds))
        return counts[::-1].cumsum()[::-1]

    def result(self) -> float:
        """Return the area, 0 of nothing."""
        if self._positives is None:
            return 0.0
        areas = np.array(
            [self._area(*both) for both in zip(self._positives, self._negatives, strict=True)]
        )
        if self.label_weights is None:
            return float(areas.mean())
        weights = np.asarray(self.label_weights, np.float64)
        return float((areas * weights).sum() / weights.sum())

    def _area(self, true_positives: np.ndarray, false_positives: np.ndarray) -> float:
        positives, negatives = true_positives[0], false_positives[0]
        recall = divide(true_positives, positives)
        if self.curve == "PR":
            if self.summation_method == "interpolation":
                return _interpolated_precision(true_positives, false_positives, positives)
            x, y = recall, divide(true_positives, true_positives + false_positives)
        else:
            x, y = divide(false_positives, negatives), recall
        heights = {
            "interpolation": (y[:-1] + y[1:]) / 2,
            "minoring": np.minimum(y[:-1], y[1:]),
            "majoring": np.maximum(y[:-1], y[1:]),
        }[self.summation_method]
        return float(((x[:-1] - x[1:]) * heights).sum())


def _interpolated_precision(
    true_positives: np.ndarray, false_positives: np.ndarray, positives: float
) -> float:
    """The area under precision where both counts grow linearly between two thresholds."""
    gained = true_positives[:-1] - true_positives[1:]
    predicted = true_positives + false_positives
    slope = divide(gained, np.maximum(predicted[:-1] - predicted[1:], 0))
    intercept = true_positives[1:] - slope * predicted[1:]
    both = (predicted[:-1] > 0) & (predicted[1:] > 0)
    ratio = np.where(both, divide(predicted[:-1], np.maximum(predicted[1:], 0)), 1.0)
    return float(divide(slope * (gained + intercept * np.log(ratio)), positives).sum())
