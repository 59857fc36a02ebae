"""The best that one measure reaches where another is good enough."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np

from sunhwan._engine.arguments import check_count, check_integer, check_share

from .metric import (
    METRICS,
    Metric,
    arrays,
    broadcast_weight,
    chances,
    check_same_shape,
    divide,
    of_class,
)


class OperatingPoint(Metric):
    """The largest of one measure over all thresholds at which another reaches what it must.

    Args:
        num_thresholds: how many thresholds, evenly from 0 to 1; predictions above one count as
            positive. Default 200; of one it is 0.5.
        class_id: look at this class, an index into the last axis, alone.
        name: names the history.
    """

    demanded: ClassVar[str]  # the measure that must reach the argument of its name
    wanted: ClassVar[str]

    def __init__(
        self, num_thresholds: int, class_id: int | None, name: str | None, dtype: str | None
    ) -> None:
        self.num_thresholds = check_count("num_thresholds", num_thresholds)
        self.class_id = None if class_id is None else check_integer("class_id", class_id)
        super().__init__(name, dtype)

    def reset_state(self) -> None:
        """Forget what was seen."""
        # The weight of what is above no threshold, above the first alone, the first two, ...
        self._positives = np.zeros(self.num_thresholds + 1)
        self._negatives = np.zeros(self.num_thresholds + 1)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add a batch."""
        targets, scores = arrays(y_true, y_pred)
        check_same_shape(targets, scores, self.name)
        weight = np.ones(scores.shape)
        if sample_weight is not None:
            weight = broadcast_weight(sample_weight, scores.shape)
        scores, weight = chances(scores, weight, self.name)
        targets, scores, weight = of_class(self.class_id, self.name, targets, scores, weight)
        above, truth, weight = self._above(scores.ravel()), targets.ravel() != 0, weight.ravel()
        for counts, chosen in ((self._positives, truth), (self._negatives, ~truth)):
            counts[...] += np.bincount(above[chosen], weight[chosen], minlength=len(counts))

    def _above(self, scores: np.ndarray) -> np.ndarray:
        """How many thresholds each score is above, rounded as Keras does."""
        if self.num_thresholds == 1:
            return (scores > 0.5).astype(np.int64)
        scaled = scores.astype(np.float32) * np.float32(self.num_thresholds - 1)
        return np.ceil(scaled).astype(np.int64)

    def result(self) -> float:
        """Return the largest value, 0 where no threshold is good enough; of NaN it is NaN."""
        positive, negative = (
            counts[::-1].cumsum()[::-1] for counts in (self._positives, self._negatives)
        )
        if np.isnan(positive[0] + negative[0]):
            return math.nan
        found = divide(positive[1:], positive[0])
        measures = {
            "precision": divide(positive[1:], positive[1:] + negative[1:]),
            "recall": found,
            "sensitivity": found,
            "specificity": divide(negative[0] - negative[1:], negative[0]),
        }
        enough = measures[self.demanded] >= getattr(self, self.demanded)
        return float(np.max(measures[self.wanted], where=enough, initial=0.0))


@METRICS.register()
class PrecisionAtRecall(OperatingPoint):
    """The best precision, `tp / (tp + fp)`, at thresholds where the recall is `recall` or more.

    Args:
        recall: in [0, 1].
        num_thresholds: how many thresholds, evenly from 0 to 1; predictions above one count as
            positive. Default 200; of one it is 0.5.
        class_id: look at this class, an index into the last axis, alone.
        name: names the history.

    Raises:
        ValueError: `recall` is outside [0, 1], or `num_thresholds` is no positive integer.

    >>> PrecisionAtRecall(0.5)([0, 0, 0, 1, 1], [0, 0.3, 0.8, 0.3, 0.8])
    0.5
    """

    demanded, wanted = "recall", "precision"

    def __init__(
        self,
        recall: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: str | None = None,
    ) -> None:
        self.recall = check_share("recall", recall)
        super().__init__(num_thresholds, class_id, name, dtype)


@METRICS.register()
class RecallAtPrecision(OperatingPoint):
    """The best recall, `tp / (tp + fn)`, at thresholds where the precision is `precision` or more.

    Args:
        precision: in [0, 1].
        num_thresholds, class_id, name: see `PrecisionAtRecall`.

    Raises:
        ValueError: `precision` is outside [0, 1], or `num_thresholds` is no positive integer.

    >>> RecallAtPrecision(0.8)([0, 0, 1, 1], [0, 0.5, 0.3, 0.9])
    0.5
    """

    demanded, wanted = "precision", "recall"

    def __init__(
        self,
        precision: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: str | None = None,
    ) -> None:
        self.precision = check_share("precision", precision)
        super().__init__(num_thresholds, class_id, name, dtype)


@METRICS.register()
class SensitivityAtSpecificity(OperatingPoint):
    """The best recall at thresholds where the specificity is `specificity` or more.

    The specificity is the share of the negatives that are predicted so, `tn / (tn + fp)`.

    Args:
        specificity: in [0, 1].
        num_thresholds, class_id, name: see `PrecisionAtRecall`.

    Raises:
        ValueError: `specificity` is outside [0, 1], or `num_thresholds` is no positive integer.

    >>> SensitivityAtSpecificity(0.5)([0, 0, 0, 1, 1], [0, 0.3, 0.8, 0.3, 0.8])
    0.5
    """

    demanded, wanted = "specificity", "sensitivity"

    def __init__(
        self,
        specificity: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: str | None = None,
    ) -> None:
        self.specificity = check_share("specificity", specificity)
        super().__init__(num_thresholds, class_id, name, dtype)


@METRICS.register()
class SpecificityAtSensitivity(OperatingPoint):
    """The best specificity, `tn / (tn + fp)`, at thresholds of a recall `sensitivity` or more.

    Args:
        sensitivity: in [0, 1].
        num_thresholds, class_id, name: see `PrecisionAtRecall`.

    Raises:
        ValueError: `sensitivity` is outside [0, 1], or `num_thresholds` is no positive integer.

    >>> round(SpecificityAtSensitivity(0.5)([0, 0, 0, 1, 1], [0, 0.3, 0.8, 0.3, 0.8]), 4)
    0.6667
    """

    demanded, wanted = "sensitivity", "specificity"

    def __init__(
        self,
        sensitivity: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: str | None = None,
    ) -> None:
        self.sensitivity = check_share("sensitivity", sensitivity)
        super().__init__(num_thresholds, class_id, name, dtype)
