"""The weights of a model, all layers' together."""

from __future__ import annotations

from typing import Any

from sunhwan._engine.arguments import check_flag
from sunhwan._engine.variable import Variable, assign_all
from sunhwan._engine.weighted import Weighted


class Weights(Weighted):
    """A model's variables; the model has the attributes."""

    name: str
    layers: Any
    built: Any
    _trainable: bool

    @property
    def variables(self) -> list[Variable]:
        """All weights, layer by layer; those that layers share once."""
        variables = (variable for layer in self.layers for variable in layer.variables)
        return list({id(variable): variable for variable in variables}.values())

    @property
    def trainable(self) -> bool:
        """Whether an optimizer may change the weights; setting it sets every layer's."""
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        value = check_flag("trainable", value)
        if value != self._trainable:
            for layer in self.layers:
                layer.trainable = value
        self._trainable = value

    def count_params(self) -> int:
        """How many numbers the weights hold; `ValueError` before the model is built."""
        self._require_built("count_params")
        return sum(variable.size for variable in self.variables)

    def set_weights(self, weights: Any) -> None:
        """Overwrite all weights; `ValueError` if their number or a shape differs."""
        self._require_built("set_weights")
        assign_all(self.variables, weights, f"model {self.name!r}")

    def reset_states(self) -> None:
        """Zero the states of the stateful layers."""
        for layer in self.layers:
            reset = getattr(layer, "reset_states", None)
            if reset is not None:
                reset()

    def _require_built(self, what: str) -> None:
        if not self.built:
            raise ValueError(
                f"model {self.name!r} must be built before {what}: give its first layer an "
                "input shape, call build, or fit it"
            )
