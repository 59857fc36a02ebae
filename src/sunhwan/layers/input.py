"""Where the data come into a model."""

from __future__ import annotations

from typing import Any, final

from sunhwan._engine.arguments import check_shape, optional_count
from sunhwan._engine.config import unknown_argument
from sunhwan._engine.context import Context
from sunhwan._engine.seeds import seeds_from
from sunhwan._engine.symbolic import KerasTensor, Use

from .layer import Layer, Shape
from .registry import LAYERS


@final
@LAYERS.register()
class InputLayer(Layer):
    """Gives a model's data as they come; `Input` makes one.

    Args:
        shape: shape of one row, without the batch axis; `None` for an axis of any length.
        batch_size: rows a batch, where it is fixed; default any.
        dtype: of the data, for those who read it; ids are known by the `Embedding` that reads them.
        batch_shape: shape with the batch axis, in place of `shape`.
        name: default `"input_layer"`, numbered.
        former: `input_shape` and `batch_input_shape`, as Keras 2 named the shapes.

    Raises:
        ValueError: neither or both of `shape` and `batch_shape` are given, or an axis is not a
            positive integer or `None`.

    >>> InputLayer((10, 1)).batch_shape
    (None, 10, 1)
    """

    def __init__(
        self,
        shape: Any = None,
        batch_size: int | None = None,
        dtype: str | None = None,
        batch_shape: Any = None,
        name: str | None = None,
        **former: Any,
    ) -> None:
        shape = former.pop("input_shape", shape)
        batch_shape = former.pop("batch_input_shape", batch_shape)
        if former:
            raise TypeError(unknown_argument(type(self), next(iter(former))))
        with seeds_from(
            0
        ):  # there is nothing random here: the program's own seeds stay as they are
            super().__init__(name=name)
        if (shape is None) == (batch_shape is None):
            raise ValueError("Input needs one of shape and batch_shape, got both or neither")
        if batch_shape is None:
            rows = optional_count("batch_size", batch_size)
            batch_shape = (rows, *check_shape("shape", shape))
        self.batch_shape: Shape = check_shape("batch_shape", batch_shape)
        self.dtype = dtype
        self.built = True

    @property
    def output(self) -> KerasTensor:
        """The symbolic tensor of the data."""
        if not self.uses:
            Use(self, []).give([self.batch_shape], self.dtype or "float32")
        return self.uses[0].outputs[0]

    def get_config(self) -> dict[str, Any]:
        return {"batch_shape": list(self.batch_shape), "dtype": self.dtype, "name": self.name}

    def forward(self, x: Any, context: Context) -> Any:
        return x

    def backward(self, dy: Any, context: Context) -> Any:
        return dy


def Input(  # noqa: N802
    shape: Any = None,
    batch_size: int | None = None,
    dtype: str | None = None,
    batch_shape: Any = None,
    name: str | None = None,
) -> KerasTensor:
    """Data to come: a symbolic tensor, for the first place in `Sequential` or to call layers on.

    Args:
        shape: shape of one row, without the batch axis; `None` for an axis of any length.
        batch_size: rows a batch, where it is fixed (stateful layers); default any.
        dtype: accepted for Keras's sake; ids are recognized by the `Embedding` that reads them.
        batch_shape: shape with the batch axis, in place of `shape`.
        name: a name for the input, by which dictionaries of data are read.

    Raises:
        ValueError: neither or both of `shape` and `batch_shape` are given, or an axis is not a
            positive integer or `None`.

    >>> Input((10, 1)).shape
    (None, 10, 1)
    """
    return InputLayer(shape, batch_size, dtype, batch_shape, name).output
