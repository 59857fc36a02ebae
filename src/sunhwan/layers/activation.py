"""An activation as a layer of its own."""

from __future__ import annotations

from typing import Any, final

import numpy as np

from sunhwan import activations
from sunhwan._engine.context import Context
from sunhwan.activations.rule import rule_of

from .registry import LAYERS
from .steps_layer import StepsLayer


@final
@LAYERS.register()
class Activation(StepsLayer):
    """An activation function of every step: ``y = f(x)``.

    Args:
        activation: f; a name, a function or `None` for ``f(x) = x``. Softmax takes the last axis.
        kwargs: `name`, `dtype`, `input_shape`, `activity_regularizer` (see `Layer`).

    Input and output have the same shape.

    Raises:
        ValueError: the name is unknown.

    >>> Activation("relu")([[-1.0, 2.0]])
    array([[0., 2.]], dtype=float32)
    """

    def __init__(self, activation: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.activation = activations.get(activation)
        self._rule = rule_of(self.activation)

    @property
    def output_activation(self) -> str | None:
        name = activations.serialize(self.activation)
        return name if isinstance(name, str) else None

    def replays(self, training: bool) -> bool:
        return self._rule.native

    def apply(self, values: np.ndarray, context: Context, saved: Any) -> np.ndarray:
        if not self._activates(context):
            return values
        y = context.empty(values.shape)
        self._rule.forward(values, y)
        saved.x, saved.y = values, y
        return y

    def apply_backward(self, dvalues: np.ndarray, context: Context, saved: Any) -> Any:
        if not context.wants_dx or not self._activates(context):
            return dvalues
        dx = context.empty(dvalues.shape)
        self._rule.backward(saved.x, saved.y, dvalues, dx)
        return dx

    def _activates(self, context: Context) -> bool:
        return self._rule.kind != 0 and not context.logits
