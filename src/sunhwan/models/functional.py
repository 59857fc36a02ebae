"""A graph of layers."""

from __future__ import annotations

from typing import Any, final

from sunhwan._engine.arguments import check_batch_shape
from sunhwan._engine.plan import Plan
from sunhwan._engine.symbolic import KerasTensor, Shape, Use
from sunhwan.layers.input import InputLayer
from sunhwan.layers.registry import LAYERS

from .graph import by_depth, plan_of, trace, with_ports
from .model import Model
from .shapes import fits
from .structure import Structure


@final
class Functional(Model):
    """A model of any graph of layers: what `Model(inputs, outputs)` makes.

    Args:
        inputs: symbolic tensors, as `Input` gives them: one, a list or a dictionary.
        outputs: what layers gave for these: one, a list or a dictionary.
        name: default `"functional"`, numbered.
        trainable: whether an optimizer may change the weights.

    Raises:
        ValueError: an output needs data that are not among the inputs, an input is not needed, or
            two layers have one name.

    >>> import sunhwan as sh
    >>> a, b = sh.Input((3,)), sh.Input((4,))
    >>> both = sh.layers.Concatenate()([a, b])
    >>> model = Functional([a, b], sh.layers.Dense(2)(both))
    >>> model.count_params(), model.output_shape
    (16, (None, 2))
    """

    def __init__(
        self, inputs: Any, outputs: Any, name: str | None = None, trainable: bool = True
    ) -> None:
        super().__init__(name=name)
        owner = f"model {self.name!r}"
        self.input_structure, given = Structure.of(inputs, f"{owner}: inputs")
        self.output_structure, wanted = Structure.of(outputs, f"{owner}: outputs")
        self._check_inputs(given)
        uses = trace(given, wanted, owner)
        self._plan, tensors = plan_of(given, wanted, uses)
        self.edge_shapes: list[Shape] = [tensor.shape for tensor in tensors]
        self._edge_types = [tensor.dtype for tensor in tensors]
        sources = [_source_of(tensor) for tensor in given]
        self._input_names = [tensor.name for tensor in given]
        self._layers = by_depth(self._plan, sources)
        self._check_names()
        self._tensors: list[KerasTensor] | None = tensors
        _, ports = with_ports(self._plan, owner)
        self._prepared = {port.input for port in ports if port.preparation is not None}
        self.trainable = trainable

    def _check_inputs(self, given: list[KerasTensor]) -> None:
        if len({id(tensor) for tensor in given}) < len(given):
            raise ValueError(f"model {self.name!r}: inputs must differ, got one twice")

    def _check_names(self) -> None:
        names = [layer.name for layer in self._layers]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(
                    f"model {self.name!r}: the name {name!r} is used {names.count(name)} times; "
                    "all layers of a model must have names of their own"
                )

    @property
    def layers(self) -> list[Any]:
        """The layers, inputs among them: first those that are farthest from the outputs."""
        return list(self._layers)

    @property
    def plan(self) -> Plan:
        """The graph of calls."""
        return self._plan

    @property
    def built(self) -> bool:
        """Whether the weights exist: always."""
        return True

    @property
    def layers_with_shapes(self) -> list[tuple[Any, Any]]:
        """Each layer with the shape of its first call's output."""
        shapes: dict[int, Any] = {}
        for call in self._plan.calls:
            given = [self.edge_shapes[edge] for edge in call.outputs]
            shapes.setdefault(id(call.layer), given if len(given) > 1 else given[0])
        return [
            (layer, shapes.get(id(layer), getattr(layer, "batch_shape", None)))
            for layer in self._layers
        ]

    @property
    def sources(self) -> dict[str, list[str]]:
        """Of each layer, by its name, the layers whose outputs it reads, with their numbers."""
        makers = {edge: f"{name}[0]" for edge, name in enumerate(self._input_names)}
        for call in self._plan.calls:
            for number, edge in enumerate(call.outputs):
                makers[edge] = f"{call.layer.name}[{number}]"
        read: dict[str, list[str]] = {}
        for call in self._plan.calls:
            edges = (*call.inputs, *call.states)
            read.setdefault(call.layer.name, []).extend(makers[edge] for edge in edges)
        return read

    @property
    def inputs(self) -> list[KerasTensor]:
        """The symbolic tensors of the data."""
        return self._symbolic()[: self._plan.inputs]

    @property
    def outputs(self) -> list[KerasTensor]:
        """The symbolic tensors of the results."""
        return [self._symbolic()[edge] for edge in self._plan.outputs]

    def _symbolic(self) -> list[KerasTensor]:
        """The tensor on each edge; made anew in a copy of a model."""
        if self._tensors is None:
            tensors: dict[int, KerasTensor] = {}
            inputs = [layer for layer in self._layers if isinstance(layer, InputLayer)]
            by_name = {layer.name: layer for layer in inputs}
            for edge, name in enumerate(self._input_names):
                tensors[edge] = by_name[name].output
            for call in self._plan.calls:
                use = Use(
                    call.layer,
                    [tensors[edge] for edge in call.inputs],
                    [tensors[edge] for edge in call.states],
                    call.joins,
                    call.training,
                    call.options,
                )
                shapes = [self.edge_shapes[edge] for edge in call.outputs]
                given = use.give(shapes, self._edge_types[call.outputs[0]])
                tensors.update(zip(call.outputs, given, strict=True))
            self._tensors = [tensors[edge] for edge in range(len(tensors))]
        return self._tensors

    @property
    def input_shape(self) -> Any:
        """Shape of the input, `(None, ...)`; of several in their structure."""
        return self.input_structure.pack(self.edge_shapes[: self._plan.inputs])

    @property
    def output_shape(self) -> Any:
        """Shape of the output, `(None, ...)`; of several in their structure."""
        return self.output_structure.pack(self.output_shapes)

    @property
    def output_shapes(self) -> list[Shape]:
        return [self.edge_shapes[edge] for edge in self._plan.outputs]

    def build(self, input_shape: Any = None) -> None:
        """Nothing: the weights exist."""

    def build_for(self, shapes: list[Shape]) -> None:
        """Check that data of these shapes can be taken; `ValueError` where they cannot."""
        declared = self.edge_shapes[: self._plan.inputs]
        for number, (expected, shape) in enumerate(zip(declared, shapes, strict=True)):
            if number not in self._prepared and not fits(expected, shape):
                name = self._input_names[number]
                what = "rows of different lengths" if None in shape[1:] else str(shape)
                raise ValueError(
                    f"input {name!r} of model {self.name!r} takes data of shape {expected}, "
                    f"got {what}"
                )

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Shapes of the outputs for inputs of `input_shape`, in their structures."""
        given = self.input_structure.split(input_shape, "input_shape")
        name = f"input_shape of model {self.name!r}"
        shapes: dict[int, Any] = dict(enumerate(check_batch_shape(name, one) for one in given))
        for call in self._plan.calls:
            known = [shapes[edge] for edge in call.inputs]
            shape = known if call.joins else known[0]
            options = {"options": call.options} if call.options else {}
            compute = call.layer.shapes_with if options else call.layer.compute_output_shape
            found = compute(shape, **options)
            several = bool(found) and isinstance(found[0], (tuple, list))
            shapes.update(zip(call.outputs, found if several else [found], strict=True))
        return self.output_structure.pack([shapes[edge] for edge in self._plan.outputs])

    def get_config(self) -> dict[str, Any]:
        from .graph_config import config_of_graph

        return config_of_graph(self)

    def __getstate__(self) -> dict[str, Any]:
        return {**super().__getstate__(), "_tensors": None}


def _source_of(tensor: KerasTensor) -> Any:
    layer = tensor.use.layer
    return layer if isinstance(layer, InputLayer) else None


for _name in ("Functional", "Model"):
    LAYERS.add(Functional, _name)
