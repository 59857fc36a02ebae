"""Layer normalization."""

from __future__ import annotations

import math
from typing import Any, final

import numpy as np

from sunhwan import _core, constraints, initializers, regularizers
from sunhwan._engine.arguments import check_axis, check_flag, check_not_negative
from sunhwan._engine.context import Context

from .axes import axes_of, from_end, to_end
from .layer import Shape
from .registry import LAYERS
from .steps_layer import StepsLayer


@final
@LAYERS.register()
class LayerNormalization(StepsLayer):
    """Normalizes the features of each step by their own mean and variance.

    ``y = gamma * (x - mean) / sqrt(variance + epsilon) + beta``

    Args:
        axis: the axis, or the axes, that are normalized together; by default the features.
        epsilon: keeps the root from zero.
        center, scale: whether there is a beta, a gamma, of the shape of those axes.
        beta_initializer, gamma_initializer: their first values.
        beta_regularizer, gamma_regularizer: penalties, or `None`.
        beta_constraint, gamma_constraint: applied after each update, or `None`.
        kwargs: `name`, `trainable`, `dtype`, `input_shape` (see `Layer`).

    Input and output have the same shape.

    Raises:
        ValueError: an axis is out of range or has no fixed length.

    Source: Ba, Kiros and Hinton, "Layer normalization" (2016).

    >>> LayerNormalization()([[1.0, 3.0]]).round(2)
    array([[-1.,  1.]], dtype=float32)
    """

    def __init__(
        self,
        axis: Any = -1,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.axis = check_axis(axis)
        self.epsilon = check_not_negative("epsilon", epsilon)
        self.center = check_flag("center", center)
        self.scale = check_flag("scale", scale)
        self.beta_initializer = initializers.get(beta_initializer)
        self.gamma_initializer = initializers.get(gamma_initializer)
        self.beta_regularizer = regularizers.get(beta_regularizer)
        self.gamma_regularizer = regularizers.get(gamma_regularizer)
        self.beta_constraint = constraints.get(beta_constraint)
        self.gamma_constraint = constraints.get(gamma_constraint)

    def build(self, input_shape: Shape) -> None:
        self._axes = axes_of(self, self.axis, input_shape)
        if self._axes != (len(input_shape) - 1,):
            self.takes = "array"
        shape = tuple(input_shape[a] or 0 for a in self._axes)
        self._size = math.prod(shape)
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

    def replays(self, training: bool) -> bool:
        return self.takes == "steps"

    def apply(self, values: np.ndarray, context: Context, saved: Any) -> np.ndarray:
        x = self._rows(values)
        y = context.empty(x.shape)
        saved.x, saved.shape = x, values.shape
        saved.mean, saved.inverse = context.empty((len(x),)), context.empty((len(x),))
        gamma, beta = _flat(self.gamma, "value"), _flat(self.beta, "value")
        _core.layer_norm(x, gamma, beta, self.epsilon, y, saved.mean, saved.inverse)
        return self._restored(y, values.shape)

    def apply_backward(self, dvalues: np.ndarray, context: Context, saved: Any) -> Any:
        dx = context.empty(saved.x.shape) if context.wants_dx else None
        _core.layer_norm_backward(
            saved.x,
            _flat(self.gamma, "value"),
            saved.mean,
            saved.inverse,
            self._rows(dvalues),
            dx,
            _flat(self.gamma, "grad"),
            _flat(self.beta, "grad"),
        )
        return None if dx is None else self._restored(dx, saved.shape)

    def _rows(self, values: np.ndarray) -> np.ndarray:
        if self.takes == "array":
            values = to_end(values, self._axes)
        return values.reshape(-1, self._size)

    def _restored(self, rows: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
        if self.takes == "steps":
            return rows.reshape(shape)
        rest = [size for axis, size in enumerate(shape) if axis not in self._axes]
        return from_end(rows.reshape(*rest, *(shape[a] for a in self._axes)), self._axes)


def _flat(variable: Any, part: str) -> np.ndarray | None:
    """The variable's value or gradient as a vector; no gradient where it is not trainable."""
    if variable is None or (part == "grad" and not variable.trainable):
        return None
    return getattr(variable, part).reshape(-1)
