"""Dense: every step's features times a matrix."""

from __future__ import annotations

from typing import Any, final

import numpy as np

from sunhwan import _core, activations
from sunhwan._engine.arguments import check_count, check_flag
from sunhwan._engine.context import Context
from sunhwan.activations.rule import rule_of

from .checks import check_features
from .kernel_and_bias import KernelAndBias
from .layer import Shape
from .registry import LAYERS
from .steps_layer import StepsLayer


@final
@LAYERS.register()
class Dense(KernelAndBias, StepsLayer):
    """A matrix product over the last axis, a bias, an activation: ``y = f(x W + b)``.

    Args:
        units: features of the output.
        activation: f; a name, a function or `None` for ``f(x) = x``.
        use_bias: whether there is a b.
        kernel_initializer, bias_initializer: of W `(features, units)` and b `(units,)`.
        kernel_regularizer, bias_regularizer, activity_regularizer: penalties, or `None`.
        kernel_constraint, bias_constraint: applied after each update, or `None`.
        kwargs: `name`, `trainable`, `dtype`, `input_shape` (see `Layer`).

    Input is `(N, ..., features)`, output `(N, ..., units)`.

    Raises:
        ValueError: `units` is no positive integer, or the input has no fixed number of features.

    >>> import numpy as np
    >>> layer = Dense(3, activation="relu")
    >>> layer(np.ones((2, 5, 4))).shape
    (2, 5, 3)
    >>> layer.count_params()
    15
    """

    def __init__(
        self,
        units: int,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self.units = check_count("units", units)
        self.activation = activations.get(activation)
        self.use_bias = check_flag("use_bias", use_bias)
        self.treat("kernel", kernel_initializer, kernel_regularizer, kernel_constraint)
        self.treat("bias", bias_initializer, bias_regularizer, bias_constraint)
        self._rule = rule_of(self.activation)

    def build(self, input_shape: Shape) -> None:
        features = check_features(self, input_shape, least_rank=2)
        self.kernel = self.add_treated("kernel", (features, self.units))
        self.bias = self.add_bias((self.units,))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return (*input_shape[:-1], self.units)

    @property
    def output_activation(self) -> str | None:
        name = activations.serialize(self.activation)
        return name if isinstance(name, str) else None

    def replays(self, training: bool) -> bool:
        return self._rule.native

    @property
    def saved_floats(self) -> int:
        return self.units * (2 if self._rule.needs_input else 1)

    def apply(self, values: np.ndarray, context: Context, saved: Any) -> np.ndarray:
        features, units = self.kernel.shape
        check_features(self, values.shape, features=features)
        a = context.empty((*values.shape[:-1], units))
        bias = None if self.bias is None else self.bias.value
        _core.product(
            values.reshape(-1, features), self.kernel.value, a.reshape(-1, units), bias=bias
        )
        y = a
        if self._activates(context):
            y = context.empty(a.shape) if self._rule.needs_input else a
            self._rule.forward(a, y)
        saved.x, saved.a, saved.y = values, a, y
        return y

    def apply_backward(self, dvalues: np.ndarray, context: Context, saved: Any) -> Any:
        features, units = self.kernel.shape
        da = dvalues
        if self._activates(context):
            da = context.empty(dvalues.shape)
            self._rule.backward(saved.a, saved.y, dvalues, da)
        x, da = saved.x.reshape(-1, features), da.reshape(-1, units)
        dkernel = self.kernel.grad if self.kernel.trainable else None
        dbias = None
        if self.bias is not None and self.bias.trainable:
            dbias = self.bias.grad
        dx = context.empty(saved.x.shape) if context.wants_dx else None
        flat = None if dx is None else dx.reshape(-1, features)
        _core.linear_backward(x, self.kernel.value, da, dkernel, dbias, flat)
        return dx

    def _activates(self, context: Context) -> bool:
        return self._rule.kind != 0 and not context.logits
