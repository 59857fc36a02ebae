"""Layer normalization."""

from __future__ import annotations

from typing import Any, final

import numpy as np

from sunhwan import _core
from sunhwan._engine.arguments import check_axis, check_flag, check_not_negative
from sunhwan._engine.context import Context

from .layer import Shape
from .registry import LAYERS
from .scaled_and_shifted import ScaledAndShifted, gradient_of, value_of


@final
@LAYERS.register()
class LayerNormalization(ScaledAndShifted):
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
        self.treat("gamma", gamma_initializer, gamma_regularizer, gamma_constraint)
        self.treat("beta", beta_initializer, beta_regularizer, beta_constraint)

    def build(self, input_shape: Shape) -> None:
        self.add_gamma_and_beta(input_shape)

    def replays(self, training: bool) -> bool:
        return self.takes == "steps"

    def apply(self, values: np.ndarray, context: Context, saved: Any) -> np.ndarray:
        x = self.as_rows(values)
        y = context.empty(x.shape)
        saved.x, saved.shape = x, values.shape
        saved.mean, saved.inverse = context.empty((len(x),)), context.empty((len(x),))
        gamma, beta = value_of(self.gamma), value_of(self.beta)
        _core.layer_norm(x, gamma, beta, self.epsilon, y, saved.mean, saved.inverse)
        return self.from_rows(y, values.shape)

    def apply_backward(self, dvalues: np.ndarray, context: Context, saved: Any) -> Any:
        dx = context.empty(saved.x.shape) if context.wants_dx else None
        _core.layer_norm_backward(
            saved.x,
            value_of(self.gamma),
            saved.mean,
            saved.inverse,
            self.as_rows(dvalues),
            dx,
            gradient_of(self.gamma),
            gradient_of(self.beta),
        )
        return None if dx is None else self.from_rows(dx, saved.shape)
