"""The shapes between the layers of a chain, and its weights, from the shape of its rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sunhwan._engine.arguments import check_batch_shape, check_shape
from sunhwan.layers.layer import Layer, Shape

from .model import Model
from .shapes import fits


class Chain(Model):
    """A model whose layers stand in a row: its shapes, and how it is built.

    Args:
        name: the model's name.
    """

    def __init__(self, name: str | None = None) -> None:
        super().__init__(name=name)
        self._layers: list[Layer] = []
        self._input_shape: Shape | None = None
        self._declared: Shape | None = None  # what the user said of the input's shape
        self._shapes: list[Shape] = []

    @property
    def layer_shapes(self) -> list[Shape]:
        """The output shape of each layer that batches go through; empty before it is built."""
        return list(self._shapes)

    def build(self, input_shape: Any = None) -> None:
        """Make the weights for inputs of shape `input_shape`, `(None, ...)`.

        Raises:
            ValueError: the model was built for another shape, or a layer cannot take its input.
        """
        if input_shape is not None:
            shape = check_shape("input_shape", input_shape)
            self.build_for([shape])
            self._declared = shape
        if self._input_shape is None:
            raise ValueError(f"model {self.name!r}: the shape of the input is not known yet")
        self._build_from(len(self._shapes))

    def build_for(self, shapes: Sequence[Shape]) -> None:
        """Make the weights for data of the one shape `(None, ...)`.

        Rows of another number of steps than those before may follow, unless the user or a layer
        fixed that number; the shapes of the model then have `None` there.

        Raises:
            ValueError: the data are not of the shape that the model takes.
        """
        (shape,) = shapes
        if self._declared is not None and not fits(self._declared, shape):
            raise self._wrong_shape(shape)
        if self._input_shape is None or not self.built:
            self._input_shape = shape
            self._shapes.clear()
            self._build_from(0)
        elif not fits(self._input_shape, shape):
            self._widen(shape)

    def _widen(self, shape: Shape) -> None:
        """Take rows of any number of steps from now on; `ValueError` where a layer cannot."""
        assert self._input_shape is not None
        if len(shape) != len(self._input_shape) or shape[2:] != self._input_shape[2:]:
            raise self._wrong_shape(shape)
        if len(shape) == 2 and not hasattr(self.ports[0].reader, "reads_ids"):
            raise self._wrong_shape(shape)  # features, not steps
        wide = now = (None, None, *shape[2:])
        shapes: list[Shape] = []
        before = [self._input_shape, *self._shapes]
        for layer, taken in zip(self._layers, before, strict=False):
            if getattr(layer, "takes", None) == "array" and now != taken:
                raise self._wrong_shape(shape)
            try:
                now = tuple(layer.compute_output_shape(now))
            except ValueError:
                raise self._wrong_shape(shape) from None
            shapes.append(now)
        self._input_shape, self._shapes = wide, shapes

    def _wrong_shape(self, shape: Shape) -> ValueError:
        first = f"layer {self._layers[0].name!r} of " if self._layers else ""
        ragged = self._input_shape is not None and None in shape[1:]
        what = "rows of different lengths" if ragged else str(shape)
        return ValueError(
            f"{first}model {self.name!r} takes inputs of shape {self._input_shape}, got {what}"
        )

    def _build_from(self, number: int) -> None:
        shape = self._shapes[number - 1] if number else self._input_shape
        if shape is None:
            return
        for layer in self._layers[number:]:
            layer.ensure_built(shape)
            shape = tuple(layer.compute_output_shape(shape))
            if shape and isinstance(shape[0], (tuple, list)):
                raise ValueError(
                    f"model {self.name!r}: each layer must give one array, got layer "
                    f"{layer.name!r}, which gives {len(shape)} (return_state=True or "
                    "merge_mode=None); make a Model(inputs, outputs) of them"
                )
            self._shapes.append(shape)

    @property
    def built(self) -> bool:
        """Whether the weights exist."""
        return bool(self._layers) and len(self._shapes) == len(self._layers)

    @property
    def input_shape(self) -> Shape:
        """Shape of the input, `(None, ...)`; `AttributeError` before the model is built."""
        if self._input_shape is None:
            raise AttributeError(f"model {self.name!r} has no input shape before it is built")
        return self._input_shape

    @property
    def output_shape(self) -> Shape:
        """Shape of the output, `(None, ...)`; `AttributeError` before the model is built."""
        if not self.built:
            raise AttributeError(f"model {self.name!r} has no output shape before it is built")
        return self._shapes[-1]

    def compute_output_shape(self, input_shape: Any) -> Shape:
        """Shape of the output for inputs of shape `input_shape`."""
        shape: Any = check_batch_shape(f"input_shape of model {self.name!r}", input_shape)
        for layer in self._layers:
            shape = tuple(layer.compute_output_shape(shape))
        return shape
