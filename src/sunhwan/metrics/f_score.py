"""Precision and recall in one number."""

from __future__ import annotations

from typing import Any

import numpy as np

from sunhwan.losses.targets import numbers

from .metric import METRICS, Metric, broadcast_weight, check_same_shape

_EPSILON = 1e-7
_AVERAGES = (None, "micro", "macro", "weighted")


@METRICS.register("f_beta_score")
class FBetaScore(Metric):
    """`(1 + beta^2) p r / (beta^2 p + r)`, of each class or averaged over the classes.

    Args:
        average: `None` a value for each class; `"micro"` of all counts together; `"macro"` the
            mean over the classes; `"weighted"` the mean weighted by each class's targets.
        beta: how many times more recall counts than precision, default 1.
        threshold: predictions above it count as positive; `None`: the largest of each row.
        name: names the history.

    Raises:
        ValueError: `average` is none of these, `beta` is not positive or `threshold` not in (0, 1].

    Source: van Rijsbergen, "Information Retrieval", 1979.

    >>> FBetaScore(threshold=0.5)([[1, 1], [0, 1]], [[0.9, 0.9], [0.8, 0.1]]).round(4)
    array([0.6667, 0.6667])
    """

    def __init__(
        self,
        average: str | None = None,
        beta: float = 1.0,
        threshold: float | None = None,
        name: str | None = "fbeta_score",
        dtype: str | None = None,
    ) -> None:
        if average not in _AVERAGES:
            raise ValueError(f"average must be one of {_AVERAGES}, got {average!r}")
        if not beta > 0:
            raise ValueError(f"beta must be positive, got {beta}")
        if threshold is not None and not 0 < threshold <= 1:
            raise ValueError(f"threshold must be in (0, 1], got {threshold}")
        self.average = average
        self.beta = beta
        self.threshold = threshold
        super().__init__(name, dtype)

    def reset_state(self) -> None:
        """Forget what was seen."""
        self._true_positives: Any = 0.0
        self._false_positives: Any = 0.0
        self._false_negatives: Any = 0.0
        self._targets: Any = 0.0

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add a batch of targets and predictions `(N, classes)`, of steps `(N, T, classes)`."""
        targets, scores = numbers(y_true, y_pred)
        check_same_shape(targets, scores, self.name)
        targets, scores = targets.astype(np.float64), scores.astype(np.float64)
        if targets.ndim < 2:
            raise ValueError(
                f"metric {self.name!r} needs shape (rows, classes), got {scores.shape}"
            )
        if self.threshold is None:
            top = scores.max(axis=-1, keepdims=True)
            positive = ((scores >= top) & (np.abs(scores) > 1e-9)).astype(np.float64)
        else:
            positive = (scores > self.threshold).astype(np.float64)
        weight = 1.0 if sample_weight is None else broadcast_weight(sample_weight, scores.shape)
        axis = None if self.average == "micro" else tuple(range(scores.ndim - 1))
        self._true_positives += (positive * targets * weight).sum(axis=axis)
        self._false_positives += (positive * (1 - targets) * weight).sum(axis=axis)
        self._false_negatives += ((1 - positive) * targets * weight).sum(axis=axis)
        self._targets += (targets * weight).sum(axis=axis)

    def result(self) -> Any:
        """Return the score, an array of one for each class where `average` is `None`."""
        found = self._true_positives
        precision = found / (found + self._false_positives + _EPSILON)
        recall = found / (found + self._false_negatives + _EPSILON)
        squared = self.beta**2
        scores = (1 + squared) * precision * recall / (squared * precision + recall + _EPSILON)
        if self.average == "macro":
            return float(np.mean(scores))
        if self.average == "weighted":
            return float((scores * self._targets).sum() / max(np.sum(self._targets), _EPSILON))
        return np.asarray(scores) if self.average is None else float(scores)


@METRICS.register()
class F1Score(FBetaScore):
    """The harmonic mean of precision and recall, of each class or averaged over the classes.

    Args:
        average, threshold: see `FBetaScore`.
        name: names the history.

    >>> score = F1Score(average="macro", threshold=0.5)
    >>> round(score([[1], [1], [0]], [[0.9], [0.2], [0.6]]), 4)
    0.5
    """

    def __init__(
        self,
        average: str | None = None,
        threshold: float | None = None,
        name: str | None = "f1_score",
        dtype: str | None = None,
    ) -> None:
        super().__init__(average, 1.0, threshold, name, dtype)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        config = super().get_config()
        config.pop("beta", None)
        return config
