"""The focal cross-entropy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from sunhwan._engine.arguments import check_flag, check_not_negative, check_share
from sunhwan.losses.loss import LOSSES, Loss
from sunhwan.losses.native import check_last_axis
from sunhwan.losses.targets import dense_targets

_EPSILON = 1e-7


@LOSSES.register()
class BinaryFocalCrossentropy(Loss):
    """A binary cross-entropy that weighs easy examples down.

    With ``p = t * y + (1 - t) * (1 - y)``: ``mean((1 - p)**gamma * crossentropy(t, y))`` over the
    last axis. Lin et al., "Focal loss for dense object detection" (2017).

    Args:
        apply_class_balancing: weigh class 1 by alpha and class 0 by 1 - alpha. Default false.
        alpha: default 0.25.
        gamma: 0 or more. Default 2.
        from_logits: predictions are pre-activations of a sigmoid. Default false.
        label_smoothing: s in [0, 1]: targets count as ``t * (1 - s) + s / 2``. Default 0.
        axis: -1, the last axis; no other is taken.
        reduction, name, dtype: see `Loss`.

    Raises:
        ValueError: `gamma` is negative; `label_smoothing` is outside [0, 1]; `axis` is not -1.

    >>> round(BinaryFocalCrossentropy()([[1.0], [0.0]], [[0.8], [0.4]]), 4)
    0.0453
    """

    def __init__(
        self,
        apply_class_balancing: bool = False,
        alpha: float = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str = "binary_focal_crossentropy",
        dtype: str | None = None,
    ) -> None:
        super().__init__(name, reduction, dtype)
        self.apply_class_balancing = check_flag("apply_class_balancing", apply_class_balancing)
        self.alpha = check_share("alpha", alpha)
        self.gamma = check_not_negative("gamma", gamma)
        self.from_logits = check_flag("from_logits", from_logits)
        self.label_smoothing = check_share("label_smoothing", label_smoothing)
        self.axis = check_last_axis(axis, "BinaryFocalCrossentropy")

    def check_targets(
        self, y_true: ArrayLike, output_shape: Sequence[int | None], name: str = "y"
    ) -> np.ndarray:
        return dense_targets(y_true, output_shape, name, self.name, 0.0, 1.0)

    def call(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        t, y, weight = self._read(y_true, y_pred)
        return (weight * self._focus(t, y) * _crossentropy(t, y)).mean(axis=-1).astype(np.float32)

    def gradient(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        t, y, weight = self._read(y_true, y_pred)
        missed = 1.0 - (t * y + (1.0 - t) * (1.0 - y))
        dfocus = np.zeros_like(y)
        if self.gamma:
            np.power(missed, self.gamma - 1.0, out=dfocus, where=missed > 0.0)
            dfocus *= self.gamma * (1.0 - 2.0 * t)
        clipped = np.clip(y, _EPSILON, 1.0 - _EPSILON)
        dcrossentropy = np.where(clipped == y, (y - t) / (clipped * (1.0 - clipped)), 0.0)
        dy = weight * (self._focus(t, y) * dcrossentropy + dfocus * _crossentropy(t, y))
        if self.from_logits:
            dy *= y * (1.0 - y)
        return (dy / y_pred.shape[-1]).astype(np.float32)

    def _read(
        self, y_true: np.ndarray, y_pred: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray | float]:
        """Return targets, probabilities (float64) and weights."""
        y = y_pred.astype(np.float64)
        if self.from_logits:
            y = 0.5 * (1.0 + np.tanh(0.5 * y))
        t = y_true * (1.0 - self.label_smoothing) + 0.5 * self.label_smoothing
        balance = t * self.alpha + (1.0 - t) * (1.0 - self.alpha)
        return t, y, balance if self.apply_class_balancing else 1.0

    def _focus(self, t: np.ndarray, y: np.ndarray) -> np.ndarray:
        return np.maximum(1.0 - (t * y + (1.0 - t) * (1.0 - y)), 0.0) ** self.gamma


def _crossentropy(t: np.ndarray, y: np.ndarray) -> np.ndarray:
    p = np.clip(y, _EPSILON, 1.0 - _EPSILON)
    return -(t * np.log(p) + (1.0 - t) * np.log(1.0 - p))
