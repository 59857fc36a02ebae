"""Losses as metrics: their mean over the rows."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from sunhwan import losses
from sunhwan.losses.loss import Loss
from sunhwan.losses.targets import align

from .mean import MeanOverRows
from .metric import METRICS, arrays, check_same_shape


class LossMetric(MeanOverRows):
    """The mean of a loss; `settings` are the arguments of the loss."""

    sign: ClassVar[float] = 1.0

    def __init__(self, loss: Loss, name: str | None, dtype: str | None) -> None:
        self._loss = loss
        super().__init__(name, dtype)

    def values_of(self, y_true: Any, y_pred: Any) -> Any:
        """Return the values of the rows."""
        targets, predictions = align(y_true, y_pred, self._loss.takes_labels)
        targets = self._loss.check_targets(targets, predictions.shape, "y_true")
        return self.sign * self._loss.call(targets, predictions)


def _plain(loss: type[Loss], metric: str, title: str, words: str, example: float) -> Any:
    """A metric class without arguments of its own, from a loss class.

    Args:
        loss: the loss.
        metric: name of the class.
        title: default name of a metric.
        words: what it measures.
        example: its value for the target (0, 1) and the prediction (0.6, 0.4), rounded.
    """

    def __init__(  # noqa: N807
        self: Any, name: str | None = title, dtype: str | None = None
    ) -> None:
        LossMetric.__init__(self, loss(), name, dtype)

    __init__.__qualname__ = f"{metric}.__init__"
    body = {
        "__init__": __init__,
        "__doc__": f"{words}\n\nArgs:\n    name: names the history.\n\n"
        f">>> round({metric}()([[0.0, 1.0]], [[0.6, 0.4]]), 4)\n{example}",
        "__module__": __name__,
    }
    return METRICS.register()(type(metric, (LossMetric,), body))


MeanSquaredError = _plain(
    losses.MeanSquaredError,
    "MeanSquaredError",
    "mean_squared_error",
    "The mean squared error.",
    0.36,
)
MeanAbsoluteError = _plain(
    losses.MeanAbsoluteError,
    "MeanAbsoluteError",
    "mean_absolute_error",
    "The mean absolute error.",
    0.6,
)
MeanAbsolutePercentageError = _plain(
    losses.MeanAbsolutePercentageError,
    "MeanAbsolutePercentageError",
    "mean_absolute_percentage_error",
    "The mean absolute error in percent of the target.",
    300000032.0,
)
MeanSquaredLogarithmicError = _plain(
    losses.MeanSquaredLogarithmicError,
    "MeanSquaredLogarithmicError",
    "mean_squared_logarithmic_error",
    "The mean squared error of the logarithms of 1 + x.",
    0.1741,
)
LogCoshError = _plain(
    losses.LogCosh, "LogCoshError", "logcosh", "The mean logarithm of the error's cosh.", 0.1701
)
KLDivergence = _plain(
    losses.KLDivergence, "KLDivergence", "kl_divergence", "The Kullback-Leibler divergence.", 0.9163
)
Poisson = _plain(
    losses.Poisson, "Poisson", "poisson", "The mean of `y_pred - y_true log y_pred`.", 0.9581
)
Hinge = _plain(losses.Hinge, "Hinge", "hinge", "The mean of `max(1 - y_true y_pred, 0)`.", 1.1)
SquaredHinge = _plain(
    losses.SquaredHinge, "SquaredHinge", "squared_hinge", "The mean squared hinge loss.", 1.46
)
CategoricalHinge = _plain(
    losses.CategoricalHinge,
    "CategoricalHinge",
    "categorical_hinge",
    "The mean hinge loss between the right class and the best wrong one.",
    1.2,
)


@METRICS.register()
class CosineSimilarity(LossMetric):
    """The cosine of the angle between target and prediction, 1 for the same direction.

    Args:
        name: names the history.
        axis: only -1, the last axis.

    >>> round(CosineSimilarity()([[0.0, 1.0]], [[0.6, 0.4]]), 4)
    0.5547
    """

    sign = -1.0

    def __init__(
        self, name: str | None = "cosine_similarity", dtype: str | None = None, axis: int = -1
    ) -> None:
        self.axis = axis
        super().__init__(losses.CosineSimilarity(axis=axis), name, dtype)


@METRICS.register()
class BinaryCrossentropy(LossMetric):
    """The mean binary cross-entropy.

    Args:
        name: names the history.
        from_logits: whether predictions are logits.
        label_smoothing: how far targets are moved towards 1/2.

    >>> round(BinaryCrossentropy()([[0, 1]], [[0.5, 0.5]]), 4)
    0.6931
    """

    def __init__(
        self,
        name: str | None = "binary_crossentropy",
        dtype: str | None = None,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
    ) -> None:
        self.from_logits = from_logits
        self.label_smoothing = label_smoothing
        super().__init__(losses.BinaryCrossentropy(from_logits, label_smoothing), name, dtype)


@METRICS.register()
class CategoricalCrossentropy(LossMetric):
    """The mean cross-entropy of one-hot targets.

    Args:
        name: names the history.
        from_logits: whether predictions are logits.
        label_smoothing: how far targets are moved towards the uniform.
        axis: only -1, the classes' axis.

    >>> round(CategoricalCrossentropy()([[0, 1]], [[0.5, 0.5]]), 4)
    0.6931
    """

    def __init__(
        self,
        name: str | None = "categorical_crossentropy",
        dtype: str | None = None,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
    ) -> None:
        self.from_logits = from_logits
        self.label_smoothing = label_smoothing
        self.axis = axis
        loss = losses.CategoricalCrossentropy(from_logits, label_smoothing, axis)
        super().__init__(loss, name, dtype)


@METRICS.register()
class SparseCategoricalCrossentropy(LossMetric):
    """The mean cross-entropy of labels.

    Args:
        name: names the history.
        from_logits: whether predictions are logits.
        ignore_class: a label that counts nothing.
        axis: only -1, the classes' axis.

    >>> round(SparseCategoricalCrossentropy()([1], [[0.5, 0.5]]), 4)
    0.6931
    """

    def __init__(
        self,
        name: str | None = "sparse_categorical_crossentropy",
        dtype: str | None = None,
        from_logits: bool = False,
        ignore_class: int | None = None,
        axis: int = -1,
    ) -> None:
        self.from_logits = from_logits
        self.ignore_class = ignore_class
        self.axis = axis
        loss = losses.SparseCategoricalCrossentropy(from_logits, ignore_class, axis=axis)
        super().__init__(loss, name, dtype)


@METRICS.register()
class RootMeanSquaredError(MeanOverRows):
    """The root of the mean squared error over all numbers.

    Args:
        name: names the history.

    >>> RootMeanSquaredError()([[0.0, 0.0]], [[3.0, 3.0]])
    3.0
    """

    def __init__(
        self, name: str | None = "root_mean_squared_error", dtype: str | None = None
    ) -> None:
        super().__init__(name, dtype)

    def values_of(self, y_true: Any, y_pred: Any) -> Any:
        """Return the squared errors."""
        targets, predictions = arrays(y_true, y_pred)
        check_same_shape(targets, predictions, self.name)
        return (predictions.astype(np.float64) - targets) ** 2

    def result(self) -> float:
        """Return the root."""
        return float(np.sqrt(super().result()))
