"""The base of the layers that are an activation function."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import numpy as np

from sunhwan import activations
from sunhwan._engine.context import Context
from sunhwan.activations.rule import Rule, rule_of

from .steps_layer import StepsLayer


class Activating(StepsLayer):
    """A function of every step, or of the last axis as a whole."""

    @property
    @abstractmethod
    def function(self) -> Any:
        """The activation: one of ours, or a function with an attribute `gradient(x, y, dy)`."""

    @property
    def rule(self) -> Rule:
        """How the function is computed, and its gradient."""
        return rule_of(self.function)

    @property
    def output_activation(self) -> str | None:
        name = activations.serialize(self.function)
        return name if isinstance(name, str) else None

    def replays(self, training: bool) -> bool:
        return self.rule.native

    def apply(self, values: np.ndarray, context: Context, saved: Any) -> np.ndarray:
        if not self._activates(context):
            return values
        y = context.empty(values.shape)
        self.rule.forward(values, y)
        saved.x, saved.y = values, y
        return y

    def apply_backward(self, dvalues: np.ndarray, context: Context, saved: Any) -> Any:
        if not context.wants_dx or not self._activates(context):
            return dvalues
        dx = context.empty(dvalues.shape)
        self.rule.backward(saved.x, saved.y, dvalues, dx)
        return dx

    def _activates(self, context: Context) -> bool:
        return self.rule.kind != 0 and not context.logits
