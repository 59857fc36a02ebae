"""Losses of distributions and counts."""

from __future__ import annotations

from sunhwan.losses.loss import LOSSES
from sunhwan.losses.native import PointLoss, RowLoss


@LOSSES.register()
class KLDivergence(RowLoss):
    """``sum(y_true * log(y_true / y_pred))`` over the last axis, both clipped to [1e-7, 1].

    The gradient is ``-y_true / y_pred``, 0 where the prediction is clipped. Kullback and Leibler,
    "On information and sufficiency" (1951).

    Args:
        reduction, name, dtype: see `Loss`.

    >>> round(KLDivergence()([[0.5, 0.5]], [[0.25, 0.75]]), 4)
    0.1438
    """

    kind = 2

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str = "kl_divergence",
        dtype: str | None = None,
    ) -> None:
        super().__init__(name, reduction, dtype)


@LOSSES.register()
class Poisson(PointLoss):
    """``mean(y_pred - y_true * log(y_pred + 1e-7))`` over the last axis: predictions are rates.

    The likelihood of counts, up to what does not depend on the prediction.

    Args:
        reduction, name, dtype: see `Loss`.

    >>> round(Poisson()([[1.0, 2.0]], [[1.0, 1.0]]), 4)
    1.0
    """

    kind = 6

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str = "poisson",
        dtype: str | None = None,
    ) -> None:
        super().__init__(name, reduction, dtype)
