"""Means and sums of values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from sunhwan._engine.inputs import as_numbers
from sunhwan._engine.registry import snake_case
from sunhwan.losses.loss import LOSSES

from .metric import METRICS, Metric, broadcast_weight


class Reduction(Metric):
    """Sums of values and of their weights."""

    def reset_state(self) -> None:
        """Forget what was seen."""
        self.total = 0.0
        self.count = 0.0

    def add_number(self, value: float, weight: float) -> None:
        """Add one value; the same as `add`, without arrays."""
        self.total += value * weight
        self.count += weight

    def add(self, values: Any, sample_weight: Any) -> None:
        """Add `values (N, ...)`, each row as the mean of its own."""
        values = as_numbers(values, "values").astype(np.float64)
        rows = values.shape[0] if values.ndim else 1
        share = rows / max(1, values.size)
        if sample_weight is None:
            self.total += float(values.sum()) * share
            self.count += rows
        else:
            weight = broadcast_weight(sample_weight, values.shape)
            self.total += float((values * weight).sum()) * share
            self.count += float(weight.sum()) * share


@METRICS.register()
class Mean(Reduction):
    """The weighted mean of the values given to `update_state(values, sample_weight=None)`.

    Args:
        name: names the values.

    >>> Mean()([1.0, 3.0, 5.0])
    3.0
    """

    def __init__(self, name: str | None = "mean", dtype: str | None = None) -> None:
        super().__init__(name, dtype)

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        """Add values."""
        self.add(values, sample_weight)

    def result(self) -> float:
        """Return the mean, 0 of nothing."""
        return self.total / self.count if self.count else 0.0


@METRICS.register()
class Sum(Reduction):
    """The weighted sum of the values given to `update_state(values, sample_weight=None)`.

    Args:
        name: names the values.

    >>> Sum()([1.0, 3.0, 5.0])
    9.0
    """

    def __init__(self, name: str | None = "sum", dtype: str | None = None) -> None:
        super().__init__(name, dtype)

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        """Add values."""
        values = as_numbers(values, "values").astype(np.float64)
        if sample_weight is not None:
            values = values * broadcast_weight(sample_weight, values.shape)
        self.total += float(values.sum())

    def result(self) -> float:
        """Return the sum."""
        return self.total


class MeanOverRows(Reduction):
    """The weighted mean of a value of each row; `values_of` says which."""

    def values_of(self, y_true: Any, y_pred: Any) -> Any:
        """Return the values `(N,)` or `(N, T)` of a batch."""
        raise NotImplementedError(f"{type(self).__name__} must write values_of")

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add a batch."""
        self.add(self.values_of(y_true, y_pred), sample_weight)

    def result(self) -> float:
        """Return the mean, 0 of nothing."""
        return self.total / self.count if self.count else 0.0


@METRICS.register()
class MeanMetricWrapper(MeanOverRows):
    """The mean of what a function gives for each row.

    Args:
        fn: called with `(y_true, y_pred)`; returns an array of a value a row, or one number.
        name: by default the function's name.

    Raises:
        ValueError: `fn` is no function; in `update_state`, it gave neither.

    >>> import numpy as np
    >>> gap = MeanMetricWrapper(lambda y, p: np.abs(y - p), name="gap")
    >>> gap([1.0, 2.0], [1.5, 2.5])
    0.5
    """

    def __init__(
        self, fn: Callable[..., Any], name: str | None = None, dtype: str | None = None
    ) -> None:
        self.fn = fn
        if not callable(fn):
            raise ValueError(f"fn must be a function of y_true and y_pred, got {fn!r}")
        super().__init__(name or snake_case(getattr(fn, "__name__", type(fn).__name__)), dtype)

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> MeanMetricWrapper:
        """Return the mean of the function that the config names."""
        return cls(**{**config, "fn": LOSSES.get(config["fn"])})

    def values_of(self, y_true: Any, y_pred: Any) -> Any:
        """Return what the function gives."""
        outputs = np.asarray(y_pred)
        values = self.fn(np.asarray(y_true), outputs)
        wanted = "must give a number for each row, or one for all"
        if values is None:
            raise ValueError(f"metric {self.name!r} {wanted}, got None: does it return?")
        values = as_numbers(values, f"what metric {self.name!r} gives")
        if values.size != 1 and values.shape[:1] != outputs.shape[:1]:
            rows = len(outputs) if outputs.ndim else 1
            raise ValueError(
                f"metric {self.name!r} {wanted}: shape ({rows},) or () for y_pred of shape "
                f"{outputs.shape}, got {values.shape}"
            )
        return values
