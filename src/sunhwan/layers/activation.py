"""An activation as a layer of its own."""

from __future__ import annotations

from typing import Any, final

from sunhwan import activations

from .activating import Activating
from .registry import LAYERS


@final
@LAYERS.register()
class Activation(Activating):
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

    @property
    def function(self) -> Any:
        return self.activation
