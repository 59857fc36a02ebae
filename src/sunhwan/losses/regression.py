"""Losses of numbers."""

from __future__ import annotations

from sunhwan._engine.arguments import check_positive
from sunhwan.losses.loss import LOSSES
from sunhwan.losses.native import PointLoss, RowLoss, check_last_axis


@LOSSES.register()
class MeanSquaredError(PointLoss):
    """``mean((y_true - y_pred)**2)`` over the last axis; gradient ``2 (y_pred - y_true) / C``.

    Args:
        reduction, name, dtype: see `Loss`.

    >>> MeanSquaredError()([[0.0, 1.0]], [[2.0, 1.0]])
    2.0
    """

    kind = 0

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str = "mean_squared_error",
        dtype: str | None = None,
    ) -> None:
        super().__init__(name, reduction, dtype)


@LOSSES.register()
class MeanAbsoluteError(PointLoss):
    """``mean(abs(y_true - y_pred))`` over the last axis; gradient ``sign(y_pred - y_true) / C``.

    Args:
        reduction, name, dtype: see `Loss`.

    >>> MeanAbsoluteError()([[0.0, 1.0]], [[2.0, 1.0]])
    1.0
    """

    kind = 1

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str = "mean_absolute_error",
        dtype: str | None = None,
    ) -> None:
        super().__init__(name, reduction, dtype)


@LOSSES.register()
class MeanAbsolutePercentageError(PointLoss):
    """``100 * mean(abs(y_true - y_pred) / max(abs(y_true), 1e-7))`` over the last axis.

    Args:
        reduction, name, dtype: see `Loss`.

    >>> MeanAbsolutePercentageError()([[2.0, 4.0]], [[1.0, 4.0]])
    25.0
    """

    kind = 2

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str = "mean_absolute_percentage_error",
        dtype: str | None = None,
    ) -> None:
        super().__init__(name, reduction, dtype)


@LOSSES.register()
class MeanSquaredLogarithmicError(PointLoss):
    """``mean((log(1 + y_true) - log(1 + y_pred))**2)``; numbers below 1e-7 count as 1e-7.

    Args:
        reduction, name, dtype: see `Loss`.

    >>> round(MeanSquaredLogarithmicError()([[0.0]], [[1.0]]), 4)
    0.4805
    """

    kind = 3

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str = "mean_squared_logarithmic_error",
        dtype: str | None = None,
    ) -> None:
        super().__init__(name, reduction, dtype)


@LOSSES.register()
class Huber(PointLoss):
    """Squares of small errors, absolute values of large ones; the mean over the last axis.

    With ``e = y_pred - y_true``: ``e**2 / 2`` where ``abs(e) <= delta``, else
    ``delta * abs(e) - delta**2 / 2``. Huber, "Robust estimation of a location parameter" (1964).

    Args:
        delta: where the two meet, a positive number. Default 1.
        reduction, name, dtype: see `Loss`.

    Raises:
        ValueError: `delta` is not positive.

    >>> Huber()([[0.0, 0.0]], [[1.0, 3.0]])
    1.5
    """

    kind = 4

    def __init__(
        self,
        delta: float = 1.0,
        reduction: str | None = "sum_over_batch_size",
        name: str = "huber_loss",
        dtype: str | None = None,
    ) -> None:
        super().__init__(name, reduction, dtype)
        self.delta = check_positive("delta", delta)
        self.parameter = self.delta


@LOSSES.register()
class LogCosh(PointLoss):
    """``mean(log(cosh(y_pred - y_true)))`` over the last axis; gradient ``tanh(...) / C``.

    Args:
        reduction, name, dtype: see `Loss`.

    >>> round(LogCosh()([[0.0]], [[1.0]]), 4)
    0.4338
    """

    kind = 5

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str = "log_cosh",
        dtype: str | None = None,
    ) -> None:
        super().__init__(name, reduction, dtype)


@LOSSES.register()
class CosineSimilarity(RowLoss):
    """``-sum(t * y)`` of targets and predictions that are scaled to length 1: -1 is best.

    A length below 1e-7 counts as 1e-7.

    Args:
        axis: -1, the last axis; no other is taken.
        reduction, name, dtype: see `Loss`.

    Raises:
        ValueError: `axis` is not -1.

    >>> round(CosineSimilarity()([[3.0, 4.0]], [[4.0, 3.0]]), 4)
    -0.96
    """

    kind = 3

    def __init__(
        self,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str = "cosine_similarity",
        dtype: str | None = None,
    ) -> None:
        super().__init__(name, reduction, dtype)
        self.axis = check_last_axis(axis, "CosineSimilarity")
