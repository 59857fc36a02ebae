"""The base of metrics, and their registry."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np

from sunhwan._engine.config import Configured
from sunhwan._engine.inputs import as_numbers
from sunhwan._engine.names import unique_name
from sunhwan._engine.plain_state import is_plain
from sunhwan._engine.registry import Registry
from sunhwan.losses.targets import numbers

METRICS = Registry("metric")


class Metric(Configured, ABC):
    """A number that is gathered from batch to batch.

    A metric of your own overwrites the three methods:

    >>> class Rows(Metric):
    ...     def reset_state(self):
    ...         self.rows = 0
    ...     def update_state(self, y_true, y_pred, sample_weight=None):
    ...         self.rows += len(y_pred)
    ...     def result(self):
    ...         return float(self.rows)
    >>> Rows()([1, 0], [0.3, 0.4])
    2.0

    Args:
        name: names the values in the history; by default the class's name in snake case.
        dtype: `"float32"` or `None`; results are Python floats.
    """

    def __init__(self, name: str | None = None, dtype: str | None = None) -> None:
        if dtype not in (None, "float32"):
            raise ValueError(f"dtype must be 'float32' or None, got {dtype!r}")
        self.name = unique_name(type(self).__name__) if name is None else name
        self.dtype = dtype
        self.reset_state()

    @abstractmethod
    def reset_state(self) -> None:
        """Forget what was seen."""

    @abstractmethod
    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add a batch.

        Args:
            y_true: targets `(N, ...)`.
            y_pred: predictions `(N, ...)`.
            sample_weight: `(N,)`, or of the shape of the values, or `None`.
        """

    @abstractmethod
    def result(self) -> Any:
        """Return the value over what was seen since `reset_state`."""

    def get_state(self) -> dict[str, Any]:
        """What was gathered so far, for a checkpoint: by default all attributes of plain data."""
        return {name: value for name, value in vars(self).items() if is_plain(value)}

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on from what `get_state` gave."""
        for name, value in state.items():
            setattr(self, name, value)

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """Add a batch and return the value so far."""
        self.update_state(*arguments, **keywords)
        return self.result()


def arrays(y_true: Any, y_pred: Any) -> tuple[np.ndarray, np.ndarray]:
    """Targets and predictions as arrays of one rank, where one has a last axis of 1 too many."""
    targets, predictions = numbers(y_true, y_pred)
    if targets.ndim == predictions.ndim - 1 and predictions.shape[-1] == 1:
        targets = targets[..., None]
    elif targets.ndim - 1 == predictions.ndim and targets.shape[-1] == 1:
        targets = targets[..., 0]
    return targets, predictions


def check_same_shape(targets: np.ndarray, predictions: np.ndarray, name: str) -> None:
    """Raise `ValueError` naming the metric unless both have one shape."""
    if targets.shape != predictions.shape:
        raise ValueError(
            f"metric {name!r} needs targets and predictions of one shape, "
            f"got {targets.shape} and {predictions.shape}"
        )


def chances(
    scores: np.ndarray, weight: np.ndarray, name: str, hint: str = ""
) -> tuple[np.ndarray, np.ndarray]:
    """Predictions that can be counted, and their weights: a NaN makes its weight NaN.

    Raises:
        ValueError: one is outside [0, 1]; the message names the metric.
    """
    broken = np.isnan(scores)
    if broken.any():
        weight = np.where(broken & (weight != 0), np.nan, weight)
        scores = np.where(broken, 0.0, scores)
    if scores.size and (scores.min() < 0 or scores.max() > 1):
        raise ValueError(
            f"metric {name!r} needs predictions in [0, 1], got {scores.min()} to "
            f"{scores.max()}{hint}"
        )
    return scores, weight


def of_class(class_id: int | None, name: str, *parts: np.ndarray) -> list[np.ndarray]:
    """The numbers of one class, an index into the last axis, or all; `ValueError` if out of it."""
    if class_id is None:
        return list(parts)
    shape = parts[0].shape
    if len(shape) < 2 or not -shape[-1] <= class_id < shape[-1]:
        raise ValueError(f"metric {name!r} has class_id={class_id}, got predictions of {shape}")
    return [part[..., class_id] for part in parts]


def broadcast_weight(sample_weight: Any, shape: tuple[int, ...]) -> np.ndarray:
    """Weights `(N,)`, or of the leading axes of `shape`, spread over `shape`, float64."""
    weight = as_numbers(sample_weight, "sample_weight").astype(np.float64)
    if weight.ndim > len(shape) and weight.shape[-1] == 1:
        weight = weight[..., 0]
    if not shape:  # a number for the whole batch counts as much as its rows do together
        return np.asarray(weight.sum())
    weight = weight.reshape(weight.shape + (1,) * (len(shape) - weight.ndim))
    try:
        return np.broadcast_to(weight, shape)
    except ValueError:
        raise ValueError(
            f"sample_weight must fit values of shape {shape}, got {np.shape(sample_weight)}"
        ) from None


def divide(numerator: Any, denominator: Any) -> Any:
    """The quotient, 0 where the denominator is 0."""
    numerator, denominator = np.asarray(numerator, float), np.asarray(denominator, float)
    safe = np.where(denominator == 0, 1.0, denominator)
    return np.where(denominator == 0, 0.0, numerator / safe)
