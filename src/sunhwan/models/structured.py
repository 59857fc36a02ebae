"""What a concrete model says of its layers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from sunhwan._engine.plan import Plan
from sunhwan.layers.layer import Layer, Shape

from .graph import Port, with_ports
from .structure import Structure


class Structured:
    """The graph of a model; `Sequential` and `Functional` say what it is.

    What they write is not marked abstract: type checkers would refuse `Model(inputs, outputs)`.

    Attributes:
        input_structure, output_structure: how users hold inputs and outputs.
    """

    name: str
    input_structure: Structure
    output_structure: Structure

    @property
    def layers(self) -> list[Layer]:
        """The layers."""
        raise NotImplementedError

    @property
    def plan(self) -> Plan:
        """The graph of the layers, models among them."""
        raise NotImplementedError

    @property
    def ports(self) -> list[Port]:
        """How the data are read."""
        return self.computed()[1]

    def computed(self) -> tuple[Plan, list[Port]]:
        """The graph of the layers, those inside models too, and how its inputs are read."""
        return with_ports(self.plan, f"model {self.name!r}")

    @property
    def built(self) -> bool:
        """Whether the weights exist."""
        raise NotImplementedError

    @property
    def layers_with_shapes(self) -> list[tuple[Any, Any]]:
        """Each layer with the shape of its output, `None` before it is built."""
        raise NotImplementedError

    @property
    def sources(self) -> dict[str, list[str]]:
        """Of each layer, by its name, the layers whose outputs it reads, with their numbers."""
        return {}

    @property
    def output_shapes(self) -> list[Shape]:
        """The shape of each output."""
        raise NotImplementedError

    @property
    def output_names(self) -> list[str]:
        """The name of each output: a dictionary's key, or else that of its layer."""
        return self.output_structure.names

    def build(self, input_shape: Any = None) -> None:
        """Make the weights for inputs of shape `input_shape`, `(None, ...)`."""
        raise NotImplementedError

    def build_for(self, shapes: Sequence[Shape]) -> None:
        """Make the weights for data of these shapes, one an input; `ValueError` if they misfit."""
        raise NotImplementedError

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Shape of the output for inputs of shape `input_shape`."""
        raise NotImplementedError

    def get_config(self) -> dict[str, Any]:
        """What makes such a model again, untrained."""
        raise NotImplementedError

    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """The layer of a name or at an index; `ValueError` if there is none."""
        if (name is None) == (index is None):
            raise ValueError("get_layer needs one of name and index")
        if index is not None:
            if not isinstance(index, (int, np.integer)):
                raise ValueError(f"index must be an integer, got {index!r}")
            if not -len(self.layers) <= index < len(self.layers):
                raise ValueError(
                    f"model {self.name!r} has {len(self.layers)} layers, got index {index}"
                )
            return self.layers[index]
        for layer in self.layers:
            if layer.name == name:
                return layer
        names = ", ".join(layer.name for layer in self.layers)
        raise ValueError(f"model {self.name!r} has no layer named {name!r}; its layers: {names}")
