"""The focal cross-entropy of classes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from sunhwan._engine.arguments import check_flag, check_not_negative, check_share
from sunhwan.losses.loss import LOSSES, Loss
from sunhwan.losses.native import check_last_axis
from sunhwan.losses.targets import check_classes, dense_targets

_EPSILON = 1e-7


@LOSSES.register()
class CategoricalFocalCrossentropy(Loss):
    """A categorical cross-entropy that weighs easy examples down.

    With ``p = y / sum(y)``, clipped to [1e-7, 1 - 1e-7]: ``-sum(alpha * (1 - p)**gamma * t *
    log(p))`` over the last axis. Lin et al., "Focal loss for dense object detection" (2017).

    Args:
        alpha: what classes weigh, 0 or more: one number for all, or a list of one for each.
            Default 0.25.
        gamma: 0 or more. Default 2.
        from_logits: predictions are pre-activations x, with ``y = softmax(x)``. Default false.
        label_smoothing: s in [0, 1]: targets count as ``t * (1 - s) + s / C``. Default 0.
        axis: -1, the last axis; no other is taken.
        reduction, name, dtype: see `Loss`.

    Targets are one-hot rows, or any numbers in [0, 1].

    Raises:
        ValueError: `alpha` or `gamma` is negative; `label_smoothing` is outside [0, 1]; `axis` is
            not -1. With targets: `alpha` has not as many numbers as there are classes.

    >>> round(CategoricalFocalCrossentropy()([[0.0, 1.0]], [[0.4, 0.6]]), 4)
    0.0204
    """

    def __init__(
        self,
        alpha: float | Sequence[float] = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str = "categorical_focal_crossentropy",
        dtype: str | None = None,
    ) -> None:
        super().__init__(name, reduction, dtype)
        self.alpha: float | list[float]
        if np.ndim(alpha):
            if len(np.asarray(alpha)) < 2:
                raise ValueError(f"alpha must be a number, or one for each class, got {alpha!r}")
            self.alpha = [check_not_negative("each alpha", one) for one in np.asarray(alpha)]
            if not self.alpha:
                raise ValueError("alpha must be a number, or one for each class, got none")
        else:
            self.alpha = check_not_negative("alpha", alpha)
        self.gamma = check_not_negative("gamma", gamma)
        self.from_logits = check_flag("from_logits", from_logits)
        self.label_smoothing = check_share("label_smoothing", label_smoothing)
        self.axis = check_last_axis(axis, "CategoricalFocalCrossentropy")

    def check_targets(
        self, y_true: ArrayLike, output_shape: Sequence[int | None], name: str = "y"
    ) -> np.ndarray:
        check_classes(output_shape, self.name)
        if isinstance(self.alpha, list) and output_shape[-1] not in (None, len(self.alpha)):
            raise ValueError(
                f"alpha of the loss {self.name!r} must be one number, or one for each of the "
                f"{output_shape[-1]} classes, got {len(self.alpha)}"
            )
        return dense_targets(y_true, output_shape, name, self.name, 0.0, 1.0)

    def call(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        p, _ = self._shares(y_pred)
        p = np.clip(p, _EPSILON, 1.0 - _EPSILON)
        values = self._weights(y_true) * (1.0 - p) ** self.gamma * np.log(p)
        return -values.sum(axis=-1).astype(np.float32)

    def gradient(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        share, factor = self._shares(y_pred)
        p = np.clip(share, _EPSILON, 1.0 - _EPSILON)
        missed = 1.0 - p
        dp = self.gamma * missed ** (self.gamma - 1.0) * np.log(p) - missed**self.gamma / p
        dp *= self._weights(y_true) * (p == share)
        along = (dp * share).sum(axis=-1, keepdims=True)
        return (factor * (dp - along)).astype(np.float32)

    def _shares(self, y_pred: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return ``y / sum(y)``, float64, and the slope of a share along its own prediction."""
        y = y_pred.astype(np.float64)
        with np.errstate(divide="ignore", invalid="ignore"):  # NaN shows in the loss
            if self.from_logits:
                y = np.exp(y - y.max(axis=-1, keepdims=True))
            total = y.sum(axis=-1, keepdims=True)
            share = y / total
            return share, share if self.from_logits else 1.0 / total

    def _weights(self, y_true: np.ndarray) -> np.ndarray:
        """Return what each class counts for in each entry."""
        smoothed = y_true * (1.0 - self.label_smoothing)
        return np.asarray(self.alpha) * (smoothed + self.label_smoothing / y_true.shape[-1])
