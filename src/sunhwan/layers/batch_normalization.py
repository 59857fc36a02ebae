"""Batch normalization."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, final

import numpy as np

from sunhwan import _core, initializers
from sunhwan._engine.arguments import check_axis, check_flag, check_not_negative, check_share
from sunhwan._engine.context import Context
from sunhwan._engine.sequences import Head

from .layer import Shape
from .registry import LAYERS
from .scaled_and_shifted import ScaledAndShifted, gradient_of, value_of


@final
@LAYERS.register()
class BatchNormalization(ScaledAndShifted):
    """Normalizes each feature by its mean and variance over the batch.

    ``y = gamma * (x - mean) / sqrt(variance + epsilon) + beta``

    In training, mean and variance are those of the batch's rows and steps (of the steps that a
    mask keeps), and the moving ones follow: ``moving = momentum * moving + (1 - momentum) *
    batch``. Else, and where the layer is not `trainable`, they are the moving ones.

    Args:
        axis: the axis of the features.
        momentum: how slowly the moving statistics follow.
        epsilon: keeps the root from zero.
        center, scale: whether there is a beta, a gamma, `(features,)`.
        beta_initializer, gamma_initializer: their first values.
        moving_mean_initializer, moving_variance_initializer: the moving statistics' first values.
        beta_regularizer, gamma_regularizer: penalties, or `None`.
        beta_constraint, gamma_constraint: applied after each update, or `None`.
        synchronized: accepted for Keras's sake, without effect.
        kwargs: `name`, `trainable`, `dtype`, `input_shape` (see `Layer`).

    Input and output have the same shape.

    Raises:
        ValueError: the axis is out of range or has no fixed length.

    Source: Ioffe and Szegedy, "Batch normalization" (2015).

    >>> layer = BatchNormalization()
    >>> layer([[1.0], [3.0]], training=True).round(2)
    array([[-1.],
           [ 1.]], dtype=float32)
    >>> [weight.name for weight in layer.weights]
    ['gamma', 'beta', 'moving_mean', 'moving_variance']
    """

    def __init__(
        self,
        axis: int = -1,
        momentum: float = 0.99,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        moving_mean_initializer: Any = "zeros",
        moving_variance_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        synchronized: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.axis = check_axis(axis)
        if isinstance(self.axis, tuple):
            raise ValueError(f"axis must be an integer, got {axis!r}")
        self.momentum = check_share("momentum", momentum)
        self.epsilon = check_not_negative("epsilon", epsilon)
        self.center = check_flag("center", center)
        self.scale = check_flag("scale", scale)
        self.treat("gamma", gamma_initializer, gamma_regularizer, gamma_constraint)
        self.treat("beta", beta_initializer, beta_regularizer, beta_constraint)
        self.moving_mean_initializer = initializers.get(moving_mean_initializer)
        self.moving_variance_initializer = initializers.get(moving_variance_initializer)
        self.synchronized = check_flag("synchronized", synchronized)

    def build(self, input_shape: Shape) -> None:
        shape = self.add_gamma_and_beta(input_shape)
        self.moving_mean = self.add_weight(
            "moving_mean", shape, self.moving_mean_initializer, trainable=False
        )
        self.moving_variance = self.add_weight(
            "moving_variance", shape, self.moving_variance_initializer, trainable=False
        )

    @property
    def couples_rows(self) -> bool:
        return self.trainable

    def keeps(self, training: bool) -> frozenset[str]:
        kept = {"shared", "mask"} if training and self.trainable else {"tokens", "shared", "mask"}
        return frozenset(kept)

    def apply(self, values: np.ndarray, context: Context, saved: Any) -> np.ndarray:
        x = self.as_rows(values)
        rows, head = len(x), self._head_of_batch(context)
        if self._of_batch(context):
            saved.x, saved.weights = x, None
            if head is not None:
                saved.x = _joined(x, head.x, context)
                saved.weights = _joined(np.ones(rows, np.float32), head.weights, context)
            saved.mean, saved.inverse = self._statistics(saved, context)
        else:
            saved.x, saved.mean = x, self.moving_mean.value
            saved.inverse = self._inverse(self.moving_variance.value)
            saved.weights = context.zeros((rows,))  # no row is in the statistics
        y = self._normalized(saved, context)
        if head is not None:
            np.copyto(head.y, y[rows:])
        return self.from_rows(y[:rows], values.shape)

    def apply_backward(self, dvalues: np.ndarray, context: Context, saved: Any) -> Any:
        dy = self.as_rows(dvalues)
        rows, head = len(dy), self._head_of_batch(context)
        if head is not None:
            assert context.output_dhead is not None
            dy = _joined(dy, self.as_rows(context.output_dhead.rows), context)
        dx = context.empty(dy.shape) if context.wants_dx else None
        _core.batch_norm_backward(
            saved.x,
            saved.weights,
            saved.mean,
            saved.inverse,
            value_of(self.gamma),
            dy,
            dx,
            gradient_of(self.gamma),
            gradient_of(self.beta),
        )
        if dx is None:
            return None
        if head is not None and context.dhead is not None:
            drows: Any = context.dhead.rows
            drows += dx[rows:].reshape(drows.shape)
        return self.from_rows(dx[:rows], dvalues.shape)

    # In training the head's rows are normalized together with the batch's, in `apply`: the shared
    # run's steps count as often as rows share them, the row that masked steps read not at all.

    def forward_head(self, head: Head | None, context: Context) -> Head | None:
        if head is None or not self._of_batch(context):
            return super().forward_head(head, context)
        layout, rows = context.layout, head.rows
        assert layout is not None
        assert rows is not None
        x = self.as_rows(rows)
        weights = np.zeros(len(x), np.float32)
        weights[: layout.shared] = (layout.starts > np.arange(layout.shared)[:, None]).sum(axis=1)
        context.head_saved = SimpleNamespace(x=x, weights=weights, y=context.empty(x.shape))
        return Head(rows=context.head_saved.y.reshape(rows.shape))

    def backward_head(self, dhead: Head | None, context: Context) -> None:
        if not self._of_batch(context):
            super().backward_head(dhead, context)

    def _of_batch(self, context: Context) -> bool:
        return context.training and self.trainable

    def _head_of_batch(self, context: Context) -> Any:
        return context.head_saved if self._of_batch(context) else None

    def _statistics(self, saved: Any, context: Context) -> tuple[np.ndarray, np.ndarray]:
        """The batch's mean and 1 / deviation; the moving ones follow."""
        mean, variance = np.empty((2, saved.x.shape[1]), np.float32)
        _core.batch_statistics(saved.x, saved.weights, mean, variance)
        if len(saved.x):
            for moving, value in ((self.moving_mean, mean), (self.moving_variance, variance)):
                moving.value *= self.momentum
                moving.value += (1 - self.momentum) * value
        return mean, self._inverse(variance)

    def _inverse(self, variance: np.ndarray) -> np.ndarray:
        return 1 / np.sqrt(variance + np.float32(self.epsilon))

    def _normalized(self, saved: Any, context: Context) -> np.ndarray:
        scale = saved.inverse if self.gamma is None else saved.inverse * self.gamma.value
        y = context.empty(saved.x.shape)
        _core.scale_columns(saved.x, saved.mean, scale, value_of(self.beta), y)
        return y


def _joined(first: np.ndarray, second: np.ndarray, context: Context) -> np.ndarray:
    out = context.empty((len(first) + len(second), *first.shape[1:]))
    return np.concatenate([first, second], out=out)
