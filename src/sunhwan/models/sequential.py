"""A chain of layers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sunhwan._engine.arguments import check_shape
from sunhwan._engine.plan import Plan, chain
from sunhwan._engine.symbolic import KerasTensor
from sunhwan._engine.unknown_length import UnknownLengthError
from sunhwan.layers.input import InputLayer
from sunhwan.layers.layer import Layer, Shape
from sunhwan.layers.registry import LAYERS

from .chain import Chain
from .shapes import declared_shape
from .structure import Structure


@LAYERS.register()
class Sequential(Chain):
    """A model in which each layer's output is the next one's input.

    Args:
        layers: the layers in order; more can come by `add`. The first may be `Input(shape)`.
        trainable: whether an optimizer may change the weights.
        name: the model's name.

    The model is built as soon as the shape of its rows is known: from `Input`, from a first
    layer's `input_shape`, from a first `Embedding`, from `build`, or from the first data.

    >>> import sunhwan as sh
    >>> model = sh.Sequential([sh.layers.Embedding(10000, 32), sh.layers.SimpleRNN(32)])
    >>> model.output_shape, model.count_params()
    ((None, 32), 322080)
    """

    def __init__(
        self,
        layers: Iterable[Any] | None = None,
        trainable: bool = True,
        name: str | None = None,
    ) -> None:
        super().__init__(name=name)
        self._preparation: list[Layer] = []
        self._tensors: list[KerasTensor] = []
        self.input_structure = Structure("single", ["input"])
        if layers is not None and (isinstance(layers, str) or not isinstance(layers, Iterable)):
            raise TypeError(f"layers must be a list of layers, got {layers!r}")
        for layer in layers or ():
            self.add(layer)
        self.trainable = trainable

    @property
    def layers(self) -> list[Layer]:
        """The layers, without the input."""
        return [*self._preparation, *self._layers]

    @property
    def plan(self) -> Plan:
        """The layers in a row."""
        return chain(self.layers)

    @property
    def layers_with_shapes(self) -> list[tuple[Any, Any]]:
        """Each layer with the shape of its output, `None` before it is built."""
        before = [(layer, layer.compute_output_shape((None, 1))) for layer in self._preparation]
        shapes = [*self._shapes, *[None] * (len(self._layers) - len(self._shapes))]
        return [*before, *zip(self._layers, shapes, strict=True)]

    def add(self, layer: Any) -> None:
        """Put a layer at the end.

        Raises:
            TypeError: it is no layer.
            ValueError: its name is taken, or its input shape does not fit.
        """
        if isinstance(layer, KerasTensor) and isinstance(layer.use.layer, InputLayer):
            layer = layer.use.layer
        if isinstance(layer, InputLayer):
            if self._layers or self._input_shape:
                raise ValueError(f"model {self.name!r}: Input must come first and only once")
            self._input_shape = self._declared = layer.batch_shape
            if not layer.name.startswith("input_layer"):  # the name that nobody gave
                self.input_structure = Structure("single", [layer.name])
            return
        if not isinstance(layer, Layer):
            raise TypeError(
                f"model {self.name!r}: only layers can be added, got {layer!r} of type "
                f"{type(layer).__name__}"
            )
        if any(other.name == layer.name for other in self.layers):
            raise ValueError(f"model {self.name!r} has a layer named {layer.name!r} already")
        if getattr(layer, "prepares", False):
            if self.layers:
                raise ValueError(f"model {self.name!r}: layer {layer.name!r} must come first")
            self._prepare_by(layer)
            return
        if self._layers and (hasattr(layer, "pack") or hasattr(layer, "reads_ids")):
            raise ValueError(
                f"model {self.name!r}: layer {layer.name!r} must come first, "
                f"got it behind layer {self._layers[-1].name!r}"
            )
        if not self._layers and self._input_shape is None:
            self._input_shape = self._declared = declared_shape(layer)
        self._layers.append(layer)
        try:
            self._build_from(len(self._shapes))
        except UnknownLengthError:
            pass  # the rest is built when data of a fixed length come
        except ValueError:
            self._layers.pop()
            raise
        self._forget_compiled_steps()

    def _prepare_by(self, layer: Any) -> None:
        """Put a layer before all batches; a shape that `Input` said is that of its raw data."""
        self._preparation.append(layer)
        if self._input_shape is not None:
            shape = tuple(layer.compute_output_shape(self._input_shape))
            self._input_shape = self._declared = shape

    def pop(self) -> Layer:
        """Remove the last layer and return it; `ValueError` if there is none."""
        if not self._layers:
            raise ValueError(f"model {self.name!r} has no layer to remove")
        layer = self._layers.pop()
        del self._shapes[len(self._layers) :]
        self._forget_compiled_steps()
        return layer

    @property
    def output_structure(self) -> Structure:
        """One output, by the name of the last layer."""
        return Structure("single", [self._layers[-1].name if self._layers else "output"])

    @property
    def output_shapes(self) -> list[Shape]:
        return [self.output_shape]

    @property
    def inputs(self) -> list[KerasTensor]:
        """The symbolic tensor of the data, and with it those of the layers."""
        return [self._symbolic()[0]]

    @property
    def outputs(self) -> list[KerasTensor]:
        """The symbolic tensor of the results."""
        return [self._symbolic()[-1]]

    def _symbolic(self) -> list[KerasTensor]:
        """The tensors between the layers, made when they are first asked for."""
        if len(self._tensors) != len(self._layers) + 1:
            tensor = InputLayer(batch_shape=self.input_shape).output
            self._tensors = [tensor]
            for layer in self._layers:
                tensor = layer(tensor)
                self._tensors.append(tensor)
        return self._tensors

    def get_config(self) -> dict[str, Any]:
        """What makes such a model again, untrained, as JSON can hold it."""
        from sunhwan._engine.config import serialize

        return {
            "name": self.name,
            "trainable": self.trainable,
            "layers": [serialize(layer) for layer in self.layers],
            "build_input_shape": None if self._input_shape is None else list(self._input_shape),
            "input_declared": self._declared is not None,
            "input_name": self.input_structure.names[0],
        }

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None
    ) -> Sequential:
        """A model made from what `get_config` gave."""
        from sunhwan.layers import deserialize

        model = cls(name=config.get("name"))
        shape = config.get("build_input_shape")
        model.input_structure = Structure("single", [str(config.get("input_name", "input"))])
        shape = None if shape is None else check_shape("build_input_shape", shape)
        for form in config["layers"]:
            layer = deserialize(form, custom_objects)
            if not getattr(layer, "prepares", False) and model._input_shape is None:
                model._input_shape = shape  # of what is prepared
                model._declared = shape if config.get("input_declared", True) else None
            model.add(layer)
        model.trainable = config.get("trainable", True)
        return model

    def __getstate__(self) -> dict[str, Any]:
        return {**super().__getstate__(), "_tensors": []}
