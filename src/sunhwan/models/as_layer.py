"""A model as a layer of another."""

from __future__ import annotations

from typing import Any

from sunhwan._engine.symbolic import Use


class AsLayer:
    """What a graph asks of its layers; the model has the attributes."""

    takes = "sequences"
    activity_regularizer = None
    build_shape = None  # `ensure_built` checks shapes
    name: str
    uses: list[Use]
    layers: Any
    computed: Any
    build_for: Any
    compute_output_shape: Any
    input_structure: Any
    output_structure: Any

    @property
    def children(self) -> list[Any]:
        """The layers, as a part of another model."""
        return self.layers

    @property
    def couples_rows(self) -> bool:
        """Whether a row's result depends on other rows."""
        return any(layer.couples_rows for layer in self.computed()[0].layers)

    @property
    def saved_floats(self) -> int:
        """Numbers that a step of a row leaves saved, roughly."""
        return sum(call.layer.saved_floats for call in self.computed()[0].calls)

    @property
    def joins(self) -> bool:
        """Whether it is called on a list of inputs."""
        return len(self.input_structure.names) > 1

    def ensure_built(self, shape: Any) -> None:
        """Build for inputs of `shape`, a list of shapes where there are several inputs."""
        self.build_for(shape if self.joins else [shape])

    def _call_symbolically(self, inputs: Any, training: bool | None) -> Any:
        tensors = self.input_structure.split(inputs, f"the input of model {self.name!r}")
        shapes = [tensor.shape for tensor in tensors]
        self.ensure_built(shapes if self.joins else shapes[0])
        given = self.compute_output_shape(self.input_structure.pack(shapes))
        use = Use(self, tensors, None, self.joins, training)
        return self.output_structure.pack(
            use.give(self.output_structure.split(given, "output_shape"))
        )
