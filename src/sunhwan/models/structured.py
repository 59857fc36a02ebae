"""What a concrete model says of its layers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from sunhwan._engine.config import serialize
from sunhwan._engine.plan import Plan
from sunhwan.layers.input import InputLayer
from sunhwan.layers.layer import Layer, Shape

from .graph import Port, with_ports
from .structure import Structure
from .tracing import form_of_data, form_of_shapes, layers_in, traced, widened


class Structured:
    """The graph of a model: `Sequential` and `Functional` say what it is themselves.

    A subclass of a user's writes `call`; its graph is traced when the form of its data is known.

    Attributes:
        input_structure, output_structure: how users hold inputs and outputs.
    """

    name: str
    input_structure: Structure = Structure("single", ["input"])
    output_structure: Structure = Structure("single", ["output"])
    _graph: Any = None  # of a subclass with a `call`, once it is traced
    _forget_compiled_steps: Any
    _compile_anew: Any

    @property
    def layers(self) -> list[Layer]:
        """The layers: those that `call` uses; before it was traced all among the attributes."""
        if self._graph is None:
            return layers_in(vars(self).values())
        return [layer for layer in self._graph.layers if not isinstance(layer, InputLayer)]

    @property
    def plan(self) -> Plan:
        """The graph of the layers, models among them."""
        return self.graph.plan

    @property
    def graph(self) -> Any:
        """The model that `call` describes; `ValueError` before the form of its data is known."""
        if self._graph is None:
            raise ValueError(
                f"model {self.name!r} must be built before this: build, fit or call it on data"
            )
        return self._graph

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
        return self._graph is not None

    @property
    def layers_with_shapes(self) -> list[tuple[Any, Any]]:
        """Each layer with the shape of its output, `None` before it is built."""
        if self._graph is None:
            return [(layer, None) for layer in self.layers]
        return self._graph.layers_with_shapes

    @property
    def sources(self) -> dict[str, list[str]]:
        """Of each layer, by its name, the layers whose outputs it reads, with their numbers."""
        return {} if self._graph is None else self._graph.sources

    @property
    def inputs(self) -> list[Any]:
        """The symbolic tensors of the data."""
        return self.graph.inputs

    @property
    def outputs(self) -> list[Any]:
        """The symbolic tensors of the results."""
        return self.graph.outputs

    @property
    def input(self) -> Any:
        """The symbolic tensor of the data; of several in their structure."""
        return self.input_structure.pack(self.inputs)

    @property
    def output(self) -> Any:
        """The symbolic tensor of the results; of several in their structure."""
        return self.output_structure.pack(self.outputs)

    @property
    def input_shape(self) -> Any:
        """Shape of the input, `(None, ...)`; of several in their structure."""
        return self.graph.input_shape

    @property
    def output_shape(self) -> Any:
        """Shape of the output, `(None, ...)`; of several in their structure."""
        return self.graph.output_shape

    @property
    def output_shapes(self) -> list[Shape]:
        """The shape of each output."""
        return self.graph.output_shapes

    @property
    def output_names(self) -> list[str]:
        """The name of each output: a dictionary's key, or else that of its layer."""
        return self.output_structure.names

    def build(self, input_shape: Any = None) -> None:
        """Make the weights for inputs of shape `input_shape`, `(None, ...)`, or of several such."""
        self._trace(*form_of_shapes(input_shape))

    def build_for(self, shapes: Sequence[Shape]) -> None:
        """Make the weights for data of these shapes, one an input; `ValueError` if they misfit."""
        if self._graph is None:
            self._trace(*form_of_shapes(shapes[0] if len(shapes) == 1 else list(shapes)))
            return
        try:
            self._graph.build_for(shapes)
        except ValueError as error:
            both = widened(self._graph.input_structure.split(self.input_shape, "shapes"), shapes)
            try:
                assert both is not None
                self._trace(self.input_structure, both)
            except (AssertionError, ValueError):
                raise error from None

    def meet(self, x: Any) -> None:
        """Trace a `call` that was not traced before, for the user's data `x`."""
        if not self.built and type(self).plan is Structured.plan:
            self._trace(*form_of_data(x))

    def _trace(self, structure: Structure, shapes: Sequence[Shape]) -> None:
        self._graph = traced(self, structure, shapes)
        self.input_structure = self._graph.input_structure
        self.output_structure = self._graph.output_structure
        self._forget_compiled_steps()
        self._compile_anew()

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Shape of the output for inputs of shape `input_shape`."""
        if self._graph is None:
            self.build(input_shape)
        return self.graph.compute_output_shape(input_shape)

    def get_config(self) -> dict[str, Any]:
        """What makes such a model again, untrained."""
        return self.graph.get_config()

    def to_json(self, **kwargs: Any) -> str:
        """What makes such a model again, untrained, as JSON; `model_from_json` reads it.

        Args:
            kwargs: of `json.dumps`.
        """
        return json.dumps(serialize(self), **kwargs)

    def as_saved(self) -> Any:
        """What is saved in the model's place: of a subclass its graph, which needs no code."""
        return self._graph or self

    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """One of the layers.

        Args:
            name: its name; or
            index: its place in `layers`, from the end where it is negative.

        Raises:
            ValueError: there is none, or not one of both arguments was given.
        """
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
