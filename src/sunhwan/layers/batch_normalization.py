"""Batch normalization."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, final

import numpy as np

from sunhwan import _core, constraints, initializers, regularizers
from sunhwan._engine.context import Context
from sunhwan._engine.sequences import Head

from .axes import axes_of, check_axis, from_end, to_end
from .layer import Shape
from .registry import LAYERS
from .steps_layer import StepsLayer


@final
@LAYERS.register()
class BatchNormalization(StepsLayer):
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

    couples_rows = True

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
        self.momentum = momentum
        self.epsilon = epsilon
        self.center = center
        self.scale = scale
        self.beta_initializer = initializers.get(beta_initializer)
        self.gamma_initializer = initializers.get(gamma_initializer)
        self.moving_mean_initializer = initializers.get(moving_mean_initializer)
        self.moving_variance_initializer = initializers.get(moving_variance_initializer)
        self.beta_regularizer = regularizers.get(beta_regularizer)
        self.gamma_regularizer = regularizers.get(gamma_regularizer)
        self.beta_constraint = constraints.get(beta_constraint)
        self.gamma_constraint = constraints.get(gamma_constraint)
        self.synchronized = synchronized

    def build(self, input_shape: Shape) -> None:
        self._axes = axes_of(self, self.axis, input_shape)
        if self._axes != (len(input_shape) - 1,):
            self.takes = "array"  # pyright: ignore[reportAttributeAccessIssue]
        shape = (input_shape[self._axes[0]] or 0,)
        self.gamma = self.beta = None
        if self.scale:
            self.gamma = self.add_weight(
                "gamma",
                shape,
                self.gamma_initializer,
                self.gamma_regularizer,
                self.gamma_constraint,
            )
        if self.center:
            self.beta = self.add_weight(
                "beta", shape, self.beta_initializer, self.beta_regularizer, self.beta_constraint
            )
        self.moving_mean = self.add_weight(
            "moving_mean", shape, self.moving_mean_initializer, trainable=False
        )
        self.moving_variance = self.add_weight(
            "moving_variance", shape, self.moving_variance_initializer, trainable=False
        )

    def keeps(self, training: bool) -> frozenset[str]:
        kept = {"mask"} if training and self.trainable else {"tokens", "shared", "mask"}
        return frozenset(kept)

    def apply(self, values: np.ndarray, context: Context, saved: Any) -> np.ndarray:
        x = self._rows(values)
        saved.x, saved.weights = x, None
        if self._of_batch(context):
            saved.mean, variance = context.empty((x.shape[1],)), context.empty((x.shape[1],))
            _core.batch_statistics(x, None, saved.mean, variance)
            if len(x):
                self._follow(saved.mean, variance)
            saved.inverse = self._inverse(variance)
            if context.head_saved is not None:
                self._finish_head(context)
        else:
            self._use_moving(saved, context)
        return self._restored(self._normalized(saved, context), values.shape)

    def apply_backward(self, dvalues: np.ndarray, context: Context, saved: Any) -> Any:
        dy = self._rows(dvalues)
        gamma, beta = self.gamma, self.beta
        dx = context.empty(dy.shape) if context.wants_dx else None
        _core.batch_norm_backward(
            saved.x,
            saved.weights,
            saved.mean,
            saved.inverse,
            None if gamma is None else gamma.value,
            dy,
            dx,
            None if gamma is None or not gamma.trainable else gamma.grad,
            None if beta is None or not beta.trainable else beta.grad,
        )
        return None if dx is None else self._restored(dx, dvalues.shape)

    # The row that masked steps read, in training: the statistics that it is normalized with are
    # known when the slice has been seen, and until then the moving ones stand in.

    def forward_head(self, head: Head | None, context: Context) -> Head | None:
        if head is None or not self._of_batch(context):
            return super().forward_head(head, context)
        saved = SimpleNamespace(x=self._rows(head.rows))
        self._use_moving(saved, context)
        saved.y = self._normalized(saved, context)
        context.head_saved = saved
        return Head(rows=self._restored(saved.y, head.rows.shape))

    def backward_head(self, dhead: Head | None, context: Context) -> None:
        if dhead is None or not self._of_batch(context):
            super().backward_head(dhead, context)
            return
        drows = self.apply_backward(dhead.rows, context, context.head_saved)
        if context.dhead is not None:
            context.dhead.rows += drows

    def _finish_head(self, context: Context) -> None:
        head, slice_ = context.head_saved, context.saved
        head.mean, head.inverse = slice_.mean, slice_.inverse
        np.copyto(head.y, self._normalized(head, context))

    def _of_batch(self, context: Context) -> bool:
        return context.training and self.trainable

    def _use_moving(self, saved: Any, context: Context) -> None:
        saved.mean, saved.inverse = self.moving_mean.value, self._inverse(self.moving_variance.value)
        saved.weights = context.zeros((len(saved.x),))  # rows that are in no statistics

    def _inverse(self, variance: np.ndarray) -> np.ndarray:
        return 1 / np.sqrt(variance + np.float32(self.epsilon))

    def _follow(self, mean: np.ndarray, variance: np.ndarray) -> None:
        for moving, value in ((self.moving_mean, mean), (self.moving_variance, variance)):
            moving.value *= self.momentum
            moving.value += (1 - self.momentum) * value

    def _normalized(self, saved: Any, context: Context) -> np.ndarray:
        scale = saved.inverse if self.gamma is None else saved.inverse * self.gamma.value
        y = context.empty(saved.x.shape)
        offset = None if self.beta is None else self.beta.value
        _core.scale_columns(saved.x, saved.mean, scale, offset, y)
        return y

    def _rows(self, values: Any) -> np.ndarray:
        if self.takes == "array":
            values = to_end(values, self._axes)
        return values.reshape(-1, values.shape[-1])

    def _restored(self, rows: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
        if self.takes == "steps":
            return rows.reshape(shape)
        rest = [size for axis, size in enumerate(shape) if axis not in self._axes]
        return from_end(rows.reshape(*rest, -1), self._axes)
