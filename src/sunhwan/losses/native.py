"""Losses that a native kernel computes: value and gradient in one pass."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np
from numpy.typing import ArrayLike

from sunhwan import _core
from sunhwan.losses.loss import Loss
from sunhwan.losses.weights import entry_weights


class NativeLoss(Loss):
    """A loss whose entries one kernel goes through."""

    @abstractmethod
    def run(
        self,
        y_true: np.ndarray,
        y_pred: np.ndarray,
        weight: np.ndarray | None = None,
        scale: float = 1.0,
        values: np.ndarray | None = None,
        dy: np.ndarray | None = None,
    ) -> float:
        """Call the kernel on ``(R, C)`` predictions; `weight` and `values` are ``(R,)``."""

    def call(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        values = np.empty(y_pred.shape[:-1], np.float32)
        self.run(y_true, _rows(y_pred), values=values.reshape(-1))
        return values

    def gradient(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        dy = np.empty(y_pred.shape, np.float32)
        self.run(y_true, _rows(y_pred), dy=_rows(dy))
        return dy

    def value_and_gradient(
        self,
        y_true: np.ndarray,
        y_pred: np.ndarray,
        sample_weight: ArrayLike | None,
        denominator: float,
        wants_gradient: bool = True,
        out: np.ndarray | None = None,
    ) -> tuple[float, np.ndarray | None]:
        weights = entry_weights(sample_weight, y_pred.shape[:-1])
        weight = None if weights is None else weights.reshape(-1)
        if not wants_gradient:
            return self.run(y_true, _rows(y_pred), weight), None
        dy = np.empty(y_pred.shape, np.float32) if out is None else out
        total = self.run(y_true, _rows(y_pred), weight, 1.0 / denominator, dy=_rows(dy))
        return total, dy


class PointLoss(NativeLoss):
    """The mean over the last axis of a function of each target and prediction."""

    kind: int  # PointLoss of core/kernels/losses.h
    keep: float = 1.0  # the target read is keep * target + shift
    shift: float = 0.0
    parameter: float = 0.0

    def run(self, y_true, y_pred, weight=None, scale=1.0, values=None, dy=None) -> float:  # noqa: ANN001
        target = _rows(self.read(y_true), y_pred.shape[-1])
        return _core.point_loss(
            self.kind,
            target,
            y_pred,
            weight,
            scale,
            values,
            dy,
            self.keep,
            self.shift,
            self.parameter,
        )

    def read(self, y_true: np.ndarray) -> np.ndarray:
        """Return the targets that the kernel is to see."""
        return y_true

    @property
    def replays(self) -> bool:
        return type(self).read is PointLoss.read


class RowLoss(NativeLoss):
    """A function of the last axis as a whole."""

    kind: int  # RowLoss of core/kernels/losses.h
    smoothing: float = 0.0  # the target read is (1 - smoothing) * target + smoothing / C

    @property
    def replays(self) -> bool:
        return True

    def run(self, y_true, y_pred, weight=None, scale=1.0, values=None, dy=None) -> float:  # noqa: ANN001
        target = _rows(y_true, y_pred.shape[-1])
        shift = self.smoothing / y_pred.shape[-1]
        return _core.row_loss(
            self.kind, target, y_pred, weight, scale, values, dy, 1.0 - self.smoothing, shift
        )


def check_last_axis(axis: int, loss: str) -> int:
    """Return -1, or raise a ValueError: losses run over the last axis."""
    if axis != -1 or isinstance(axis, bool):
        raise ValueError(f"axis of {loss} must be -1, the last axis, got {axis!r}")
    return axis


def _rows(array: np.ndarray, columns: int | None = None) -> np.ndarray:
    """Return ``(..., C)`` as ``(R, C)``, contiguous float32 (a view where it is so already)."""
    return np.ascontiguousarray(array, np.float32).reshape(-1, columns or array.shape[-1])
