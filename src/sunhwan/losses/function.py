"""A loss that a user gives as a function."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from sunhwan.losses.loss import LOSSES, Loss
from sunhwan.losses.targets import dense_targets
from sunhwan.losses.weights import entry_weights


class FunctionLoss(Loss):
    """A function ``f(y_true, y_pred)`` that returns a value and a gradient.

    The function gets arrays of the whole batch: targets as they were given (of the predictions'
    shape where they differ by a last dimension of 1 only) and predictions, float32. It returns

    - a number, the loss of the batch, and its gradient, of the predictions' shape; or
    - an array of values, one for each row ``(N,)``, and each value's gradient of its own row, of
      the predictions' shape. These can be weighed; they are reduced as `reduction` says.

    Args:
        fn: the function.
        name: by default the function's name.
        reduction, dtype: see `Loss`.

    Raises:
        TypeError: at the call, the function returned no such pair.
        ValueError: at the call, a shape is wrong, or weights came for a single value.

    >>> def squares(y_true, y_pred):
    ...     error = y_pred - y_true
    ...     return (error**2).mean(), 2 * error / error.size
    >>> FunctionLoss(squares)([[0.0, 1.0]], [[2.0, 1.0]])
    2.0
    """

    couples_rows: ClassVar[bool] = True

    def __init__(
        self,
        fn: Callable[[np.ndarray, np.ndarray], Any],
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: str | None = None,
    ) -> None:
        if not callable(fn):
            raise ValueError(f"fn must be a function of y_true and y_pred, got {fn!r}")
        super().__init__(name or getattr(fn, "__name__", type(fn).__name__), reduction, dtype)
        self.fn = fn

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> FunctionLoss:
        """Return the loss of the function that the config names."""
        return cls(**{**config, "fn": LOSSES.get(config["fn"])})

    def check_targets(
        self, y_true: ArrayLike, output_shape: Sequence[int | None], name: str = "y"
    ) -> np.ndarray:
        targets = np.asarray(y_true)
        try:
            return dense_targets(targets, output_shape, name, self.name)
        except ValueError:
            if targets.dtype.kind == "f" and not np.isfinite(targets).all():
                raise
            return targets  # of a shape that is between the user and the function

    def entries_shape(self, y_true: np.ndarray) -> tuple[int, ...]:
        return y_true.shape[:1]

    def call(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        return self._pair(y_true, y_pred)[0]

    def gradient(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        return self._pair(y_true, y_pred)[1]

    def value_and_gradient(
        self,
        y_true: np.ndarray,
        y_pred: np.ndarray,
        sample_weight: ArrayLike | None,
        denominator: float,
        wants_gradient: bool = True,
        out: np.ndarray | None = None,
    ) -> tuple[float, np.ndarray | None]:
        values, gradient = self._pair(y_true, y_pred)
        if values.ndim == 0:
            if sample_weight is not None:
                raise ValueError(
                    f"loss {self.name!r} returns one value for the batch, which sample weights, "
                    f"class weights and masks cannot weigh; return one value for each row"
                )
            return float(values) * denominator, gradient if wants_gradient else None
        weights = entry_weights(sample_weight, values.shape)
        total = float((values if weights is None else values * weights).sum(dtype=np.float64))
        if not wants_gradient:
            return total, None
        factors = np.float32(1.0 / denominator)
        if weights is not None:
            factors = (weights * factors).reshape(-1, *(1,) * (gradient.ndim - 1))
        return total, np.multiply(gradient, factors, out=out)

    def _pair(self, y_true: np.ndarray, y_pred: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        pair = self.fn(y_true, y_pred)
        if not isinstance(pair, tuple) or len(pair) != 2:
            raise TypeError(
                f"loss {self.name!r} must return (value, gradient), for there is no automatic "
                f"differentiation, got {type(pair).__name__}"
            )
        values, gradient = np.asarray(pair[0]), np.asarray(pair[1], np.float32)
        if gradient.shape != y_pred.shape:
            raise ValueError(
                f"the gradient of loss {self.name!r} must have the predictions' shape "
                f"{y_pred.shape}, got {gradient.shape}"
            )
        if values.ndim and values.shape != y_pred.shape[:1]:
            raise ValueError(
                f"the value of loss {self.name!r} must be a number, or an array of one for each "
                f"row, {y_pred.shape[:1]}, got the shape {values.shape}"
            )
        return values, gradient
