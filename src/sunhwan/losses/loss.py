"""The base of all losses, and their registry."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from sunhwan._engine.changes import Watched
from sunhwan._engine.config import Configured
from sunhwan._engine.registry import Registry, snake_case
from sunhwan.losses.targets import align, dense_targets
from sunhwan.losses.weights import entry_weights

LOSSES = Registry("loss", snake=False)  # in snake case: the functions

_REDUCTIONS = ("sum_over_batch_size", "mean", "sum", "mean_with_sample_weight", "none", None)


class Loss(Watched, Configured, ABC):
    """A measure of how far predictions are from targets, and its gradient.

    A prediction has the shape ``(..., C)``; each row of ``C`` numbers is an *entry* and has one
    value. A loss of your own writes `call` and `gradient`:

    >>> class Quartic(Loss):
    ...     def call(self, y_true, y_pred):
    ...         return ((y_pred - y_true) ** 4).mean(axis=-1)
    ...     def gradient(self, y_true, y_pred):
    ...         return 4 * (y_pred - y_true) ** 3 / y_pred.shape[-1]
    >>> Quartic()([[0.0, 0.0]], [[1.0, 2.0]])
    8.5

    Args:
        name: by default the class's name in snake case.
        reduction: how the entries' values become one number:
            ``"sum_over_batch_size"`` (default) or ``"mean"``: the weighted sum, divided by the
            number of entries (not by the sum of the weights);
            ``"sum"``: the weighted sum;
            ``"mean_with_sample_weight"``: the weighted sum, divided by the sum of the weights;
            ``"none"`` or `None`: the weighted values themselves, which `fit` cannot use.
        dtype: ``"float32"`` or `None`; no other is computed in.

    Raises:
        ValueError: `reduction` or `dtype` is none of these.
    """

    couples_rows: ClassVar[bool] = False  # whether an entry's gradient depends on other entries
    takes_labels: ClassVar[bool] = False  # whether targets are class numbers

    def __init__(
        self,
        name: str | None = None,
        reduction: str | None = "sum_over_batch_size",
        dtype: str | None = None,
    ) -> None:
        if reduction not in _REDUCTIONS:
            known = ", ".join(repr(known) for known in _REDUCTIONS)
            raise ValueError(f"reduction must be one of {known}, got {reduction!r}")
        if dtype not in (None, "float32"):
            raise ValueError(f"dtype must be 'float32' or None, got {dtype!r}")
        self.name = name or snake_case(type(self).__name__)
        self.reduction = reduction
        self.dtype = dtype

    # What a loss declares.

    @abstractmethod
    def call(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        """Return the entries' values ``(...)`` for targets and predictions ``(..., C)``."""

    @abstractmethod
    def gradient(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        """Return each entry's gradient of its own value, of the predictions' shape."""

    def check_targets(
        self, y_true: ArrayLike, output_shape: Sequence[int | None], name: str = "y"
    ) -> np.ndarray:
        """Return targets as `value_and_gradient` takes them, of the predictions' shape, float32.

        Args:
            y_true: the targets of any number of rows.
            output_shape: the predictions' shape; its first dimension, and any `None`, is not
                compared.
            name: what messages call the targets.

        Raises:
            ValueError: the shape does not fit, or a value is not finite or not allowed.
            TypeError: the targets are no numbers.
        """
        return dense_targets(y_true, output_shape, name, self.name)

    @property
    def replays(self) -> bool:
        """Whether value and gradient are one native call, the same for all targets of a shape."""
        return False

    def before(self, activation: str | None) -> Loss | None:
        """Return the loss of pre-activations that equals this one behind `activation`, or `None`.

        The engine then leaves out the model's last activation while it trains, so that saturated
        outputs still learn.
        """
        return None

    # What the engine calls.

    def denominator(
        self,
        y_true: np.ndarray,
        sample_weight: ArrayLike | None = None,
        mask: ArrayLike | None = None,
    ) -> float:
        """Return what the reduction divides the sum over a whole batch by.

        Args:
            y_true: the batch's targets, as `check_targets` gave them.
            sample_weight: weights ``(N,)`` or of the entries, or `None`.
            mask: true for the entries that count, or `None`: all do.

        Raises:
            ValueError: the reduction gives no single number.
        """
        if self.reduction == "sum":
            return 1.0
        if self.reduction in ("none", None):
            raise ValueError(
                f"loss {self.name!r} has reduction={self.reduction!r}, which gives no single "
                f"number to train on; use 'sum_over_batch_size' or 'sum'"
            )
        entries = self.entries_shape(y_true)
        if self.reduction == "mean_with_sample_weight" and sample_weight is not None:
            weights = entry_weights(sample_weight, entries, mask)
            total = float(np.sum(weights, dtype=np.float64)) if weights is not None else 0.0
        else:
            total = self.count(y_true, mask)
        return total or 1.0

    def value_and_gradient(
        self,
        y_true: np.ndarray,
        y_pred: np.ndarray,
        sample_weight: ArrayLike | None,
        denominator: float,
        wants_gradient: bool = True,
        out: np.ndarray | None = None,
    ) -> tuple[float, np.ndarray | None]:
        """Return the weighted sum of a slice's values, and the gradient of the batch's loss.

        Args:
            y_true: targets, as `check_targets` gave them.
            y_pred: predictions ``(..., C)``, float32.
            sample_weight: weights ``(N,)`` or of the entries; masked entries have weight 0.
            denominator: what the gradient is divided by: `denominator` of the whole batch.
            wants_gradient: false where the value alone is needed.
            out: an array for the gradient, of the predictions' shape, or `None`.

        Returns:
            The sum over the slice, not divided, and the gradient ``(..., C)`` or `None`.
        """
        weights = entry_weights(sample_weight, y_pred.shape[:-1])
        values = np.asarray(self.call(y_true, y_pred), np.float64)
        total = float((values if weights is None else values * weights).sum())
        if not wants_gradient:
            return total, None
        factor = np.float32(1.0 / denominator)
        factors = factor if weights is None else (weights * factor)[..., None]
        return total, np.multiply(self.gradient(y_true, y_pred), factors, out=out, dtype=np.float32)

    def entries_shape(self, y_true: np.ndarray) -> tuple[int, ...]:
        """Return the shape of the values for targets as `check_targets` gave them."""
        return y_true.shape if self.takes_labels else y_true.shape[:-1]

    def count(self, y_true: np.ndarray, mask: ArrayLike | None = None) -> float:
        """Return how many entries count."""
        if mask is not None:
            return float(np.count_nonzero(mask))
        return float(np.prod(self.entries_shape(y_true)))

    # What users call.

    def __call__(
        self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> Any:
        """Return the reduced loss, a float (an array where `reduction` is `None`).

        Args:
            y_true: targets.
            y_pred: predictions.
            sample_weight: weights ``(N,)``, or of the entries, or `None`.
        """
        y_true, y_pred = align(y_true, y_pred, self.takes_labels)
        y_true = self.check_targets(y_true, y_pred.shape, "y_true")
        if self.reduction in ("none", None):
            weights = entry_weights(sample_weight, y_pred.shape[:-1])
            values = self.call(y_true, y_pred)
            return values if weights is None else values * weights
        denominator = self.denominator(y_true, sample_weight)
        total, _ = self.value_and_gradient(y_true, y_pred, sample_weight, denominator, False)
        return total / denominator
