"""Cross-entropies.

Of probabilities, values are clipped to [1e-7, 1 - 1e-7], as in Keras, and a clipped prediction gets
no gradient. While a model trains whose last activation is the sigmoid or the softmax, the engine
takes the loss of the pre-activations instead (`Loss.before`), as Keras does on TensorFlow: it is
equal, is not clipped, and its gradient, ``y_pred - y_true``, never vanishes on a wrong prediction.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from sunhwan import _core
from sunhwan._engine.arguments import check_flag, check_integer, check_share
from sunhwan.losses.loss import LOSSES, Loss
from sunhwan.losses.native import NativeLoss, PointLoss, RowLoss, check_last_axis
from sunhwan.losses.targets import check_classes, dense_targets, label_targets


@LOSSES.register()
class BinaryCrossentropy(PointLoss):
    """``-mean(t * log(y) + (1 - t) * log(1 - y))`` over the last axis.

    Args:
        from_logits: predictions are pre-activations x, with ``y = sigmoid(x)``; then
            ``mean(max(x, 0) - x * t + log1p(exp(-abs(x))))``. Default false.
        label_smoothing: s in [0, 1]: targets count as ``t * (1 - s) + s / 2``. Default 0.
        axis: -1, the last axis; no other is taken.
        reduction, name, dtype: see `Loss`.

    Targets are any numbers in [0, 1].

    Raises:
        ValueError: `label_smoothing` is outside [0, 1]; `axis` is not -1.

    >>> round(BinaryCrossentropy()([[1.0], [0.0]], [[0.8], [0.4]]), 4)
    0.367
    """

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str = "binary_crossentropy",
        dtype: str | None = None,
    ) -> None:
        super().__init__(name, reduction, dtype)
        self.from_logits = check_flag("from_logits", from_logits)
        self.label_smoothing = check_share("label_smoothing", label_smoothing)
        self.axis = check_last_axis(axis, "BinaryCrossentropy")
        self.kind = 8 if from_logits else 7
        self.keep = 1.0 - self.label_smoothing
        self.shift = 0.5 * label_smoothing

    def check_targets(
        self, y_true: ArrayLike, output_shape: Sequence[int | None], name: str = "y"
    ) -> np.ndarray:
        return dense_targets(y_true, output_shape, name, self.name, 0.0, 1.0)

    def before(self, activation: str | None) -> Loss | None:
        return _with_logits(self, activation, "sigmoid")


@LOSSES.register()
class CategoricalCrossentropy(RowLoss):
    """``-sum(t * log(y))`` over the last axis, with ``y`` divided by its sum first.

    Args:
        from_logits: predictions are pre-activations x, with ``y = softmax(x)``. Default false.
        label_smoothing: s in [0, 1]: targets count as ``t * (1 - s) + s / C``. Default 0.
        axis: -1, the last axis; no other is taken.
        reduction, name, dtype: see `Loss`.

    Targets are one-hot rows, or any numbers in [0, 1].

    Raises:
        ValueError: `label_smoothing` is outside [0, 1]; `axis` is not -1.

    >>> round(CategoricalCrossentropy()([[0.0, 1.0]], [[0.2, 0.8]]), 4)
    0.2231
    """

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str = "categorical_crossentropy",
        dtype: str | None = None,
    ) -> None:
        super().__init__(name, reduction, dtype)
        self.from_logits = check_flag("from_logits", from_logits)
        self.label_smoothing = check_share("label_smoothing", label_smoothing)
        self.axis = check_last_axis(axis, "CategoricalCrossentropy")
        self.kind = int(self.from_logits)
        self.smoothing = float(label_smoothing)

    def check_targets(
        self, y_true: ArrayLike, output_shape: Sequence[int | None], name: str = "y"
    ) -> np.ndarray:
        check_classes(output_shape, self.name)
        return dense_targets(y_true, output_shape, name, self.name, 0.0, 1.0)

    def before(self, activation: str | None) -> Loss | None:
        return _with_logits(self, activation, "softmax")


@LOSSES.register()
class SparseCategoricalCrossentropy(NativeLoss):
    """``-log(y[label])``, with ``y`` divided by its sum; targets are class numbers.

    Args:
        from_logits: predictions are pre-activations x, with ``y = softmax(x)``. Default false.
        ignore_class: a class number, also a negative one, whose entries do not count. Default none.
        reduction, name, dtype: see `Loss`.
        axis: -1, the last axis; no other is taken.

    Targets are whole numbers from 0 to C - 1, one for each row of C predictions.

    Raises:
        ValueError: `axis` is not -1.

    >>> round(SparseCategoricalCrossentropy()([1, 0], [[0.2, 0.8], [0.5, 0.5]]), 4)
    0.4581
    """

    takes_labels: ClassVar[bool] = True

    def __init__(
        self,
        from_logits: bool = False,
        ignore_class: int | None = None,
        reduction: str | None = "sum_over_batch_size",
        axis: int = -1,
        name: str = "sparse_categorical_crossentropy",
        dtype: str | None = None,
    ) -> None:
        super().__init__(name, reduction, dtype)
        self.from_logits = check_flag("from_logits", from_logits)
        self.ignore_class = (
            None if ignore_class is None else check_integer("ignore_class", ignore_class)
        )
        self.axis = check_last_axis(axis, "SparseCategoricalCrossentropy")

    def check_targets(
        self, y_true: ArrayLike, output_shape: Sequence[int | None], name: str = "y"
    ) -> np.ndarray:
        check_classes(output_shape, self.name)
        return label_targets(y_true, output_shape, name, self.name, self.ignore_class)

    @property
    def replays(self) -> bool:
        return self.ignore_class is None

    def count(self, y_true: np.ndarray, mask: ArrayLike | None = None) -> float:
        counted = y_true >= 0
        return float(np.count_nonzero(counted if mask is None else counted & np.asarray(mask)))

    def run(self, y_true, y_pred, weight=None, scale=1.0, values=None, dy=None) -> float:  # noqa: ANN001
        labels = np.ascontiguousarray(y_true, np.int32).reshape(-1)
        return _core.sparse_loss(self.from_logits, labels, y_pred, weight, scale, values, dy)

    def before(self, activation: str | None) -> Loss | None:
        return _with_logits(self, activation, "softmax")


def _with_logits(loss: Any, activation: str | None, wanted: str) -> Loss | None:
    if loss.from_logits or activation != wanted:
        return None
    return type(loss)(**{**loss.get_config(), "from_logits": True})
