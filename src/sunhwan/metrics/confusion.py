"""Precision, recall, and the counts behind them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .metric import METRICS, Metric, arrays, broadcast_weight, check_same_shape, divide, of_class


class Confusion(Metric):
    """Weighted counts of true and false positives and negatives, at one or more thresholds.

    Args:
        thresholds: a number or a list of them in [0, 1]; predictions above count as positive.
            Default 0.5.
        top_k: count the `k` largest predictions of each row as positive instead.
        class_id: look at this class, an index into the last axis, alone.
        name: names the history.
    """

    def __init__(
        self,
        thresholds: float | Sequence[float] | None = None,
        top_k: int | None = None,
        class_id: int | None = None,
        name: str | None = None,
        dtype: str | None = None,
    ) -> None:
        self.thresholds = thresholds
        self.top_k = top_k
        self.class_id = class_id
        default = 0.5 if top_k is None else -np.inf
        given = default if thresholds is None else thresholds
        self._several = np.ndim(given) > 0
        self._thresholds = np.atleast_1d(np.asarray(given, np.float64))
        if thresholds is not None and not np.all((self._thresholds >= 0) & (self._thresholds <= 1)):
            raise ValueError(f"thresholds must be in [0, 1], got {thresholds}")
        super().__init__(name, dtype)

    def reset_state(self) -> None:
        """Forget what was seen."""
        zeros = np.zeros(len(self._thresholds))
        self.true_positives, self.false_positives = zeros.copy(), zeros.copy()
        self.true_negatives, self.false_negatives = zeros.copy(), zeros.copy()

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add a batch."""
        targets, scores = arrays(y_true, y_pred)
        check_same_shape(targets, scores, self.name)
        scores = scores.astype(np.float64)
        weight = np.ones(scores.shape)
        if sample_weight is not None:
            weight = broadcast_weight(sample_weight, scores.shape)
        if self.top_k is not None:
            scores = _only_top(scores, self.top_k)
        targets, scores, weight = of_class(self.class_id, self.name, targets, scores, weight)
        positive = scores.ravel() > self._thresholds[:, None]
        truth, weight = targets.ravel() != 0, weight.ravel()
        self.true_positives += (positive & truth) @ weight
        self.false_positives += (positive & ~truth) @ weight
        self.false_negatives += (~positive & truth) @ weight
        self.true_negatives += (~positive & ~truth) @ weight

    def shaped(self, values: np.ndarray) -> Any:
        """One float for one threshold, else an array."""
        return values if self._several else float(values[0])


def _only_top(scores: np.ndarray, k: int) -> np.ndarray:
    """The scores with all but the `k` largest of each last axis at minus infinity."""
    places = np.argsort(-scores, axis=-1, kind="stable")[..., :k]
    top = np.full_like(scores, -np.inf)
    np.put_along_axis(top, places, np.take_along_axis(scores, places, axis=-1), axis=-1)
    return top


@METRICS.register()
class Precision(Confusion):
    """The share of true positives among the positives: `tp / (tp + fp)`, 0 of none.

    Args:
        thresholds: a number or a list of them in [0, 1]; predictions above count as positive.
            Default 0.5.
        top_k: count the `k` largest predictions of each row as positive instead.
        class_id: look at this class, an index into the last axis, alone.
        name: names the history.

    >>> Precision()([0, 1, 1, 1], [1, 0, 1, 1])
    0.6666666666666666
    """

    def result(self) -> Any:
        """Return the share."""
        both = self.true_positives + self.false_positives
        return self.shaped(divide(self.true_positives, both))


@METRICS.register()
class Recall(Confusion):
    """The share of the positives that were found: `tp / (tp + fn)`, 0 of none.

    Args:
        thresholds: a number or a list of them in [0, 1]; predictions above count as positive.
            Default 0.5.
        top_k: count the `k` largest predictions of each row as positive instead.
        class_id: look at this class, an index into the last axis, alone.
        name: names the history.

    >>> Recall()([0, 1, 1, 1], [1, 0, 1, 1])
    0.6666666666666666
    """

    def result(self) -> Any:
        """Return the share."""
        both = self.true_positives + self.false_negatives
        return self.shaped(divide(self.true_positives, both))


class _Count(Confusion):
    counted = ""

    def __init__(
        self,
        thresholds: float | Sequence[float] | None = None,
        name: str | None = None,
        dtype: str | None = None,
    ) -> None:
        super().__init__(thresholds, name=name, dtype=dtype)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        return {"thresholds": self.thresholds, "name": self.name, "dtype": self.dtype}

    def result(self) -> Any:
        """Return the weighted count."""
        return self.shaped(getattr(self, self.counted))


@METRICS.register()
class TruePositives(_Count):
    """How many positives were predicted so.

    >>> TruePositives()([0, 1, 1, 1], [1, 0, 1, 1])
    2.0
    """

    counted = "true_positives"


@METRICS.register()
class FalsePositives(_Count):
    """How many negatives were predicted positive.

    >>> FalsePositives()([0, 1, 1, 1], [1, 0, 1, 1])
    1.0
    """

    counted = "false_positives"


@METRICS.register()
class TrueNegatives(_Count):
    """How many negatives were predicted so.

    >>> TrueNegatives()([0, 1, 1, 0], [1, 0, 1, 0])
    1.0
    """

    counted = "true_negatives"


@METRICS.register()
class FalseNegatives(_Count):
    """How many positives were predicted negative.

    >>> FalseNegatives()([0, 1, 1, 1], [1, 0, 1, 1])
    1.0
    """

    counted = "false_negatives"
