"""Losses of margins."""

from __future__ import annotations

import numpy as np

from sunhwan.losses.loss import LOSSES
from sunhwan.losses.native import PointLoss, RowLoss


def signed_labels(y_true: np.ndarray) -> np.ndarray:
    """Return -1 for 0 and 1 for 1 where there is nothing but 0 and 1, else the targets."""
    if ((y_true == 0) | (y_true == 1)).all():
        return 2 * y_true - 1
    return y_true


@LOSSES.register()
class Hinge(PointLoss):
    """``mean(max(0, 1 - y_true * y_pred))`` over the last axis.

    Targets are -1 or 1; where all are 0 or 1, 0 counts as -1.

    Args:
        reduction, name, dtype: see `Loss`.

    >>> Hinge()([[-1.0, 1.0]], [[0.5, 0.5]])
    1.0
    """

    kind = 9

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str = "hinge",
        dtype: str | None = None,
    ) -> None:
        super().__init__(name, reduction, dtype)

    def read(self, y_true: np.ndarray) -> np.ndarray:
        return signed_labels(y_true)


@LOSSES.register()
class SquaredHinge(PointLoss):
    """``mean(max(0, 1 - y_true * y_pred)**2)`` over the last axis.

    Targets are -1 or 1; where all are 0 or 1, 0 counts as -1.

    Args:
        reduction, name, dtype: see `Loss`.

    >>> SquaredHinge()([[-1.0, 1.0]], [[0.5, 0.5]])
    1.25
    """

    kind = 10

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str = "squared_hinge",
        dtype: str | None = None,
    ) -> None:
        super().__init__(name, reduction, dtype)

    def read(self, y_true: np.ndarray) -> np.ndarray:
        return signed_labels(y_true)


@LOSSES.register()
class CategoricalHinge(RowLoss):
    """``max(0, 1 + max((1 - y_true) * y_pred) - sum(y_true * y_pred))`` for one-hot targets.

    Args:
        reduction, name, dtype: see `Loss`.

    >>> round(CategoricalHinge()([[0.0, 1.0]], [[0.6, 0.4]]), 4)
    1.2
    """

    kind = 4

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str = "categorical_hinge",
        dtype: str | None = None,
    ) -> None:
        super().__init__(name, reduction, dtype)
