"""The shape of a model's rows."""

from __future__ import annotations

from typing import Any

from sunhwan._engine.arguments import check_shape, optional_count

from .layer import Shape


class InputLayer:
    """Tells a model the shape of its rows; made by `Input`.

    Args:
        batch_shape: shape of a batch, `None` for any length of an axis.
        name: default `"input"`.

    >>> InputLayer((None, 10, 1)).name
    'input'
    """

    def __init__(self, batch_shape: Shape, name: str | None = None) -> None:
        self.batch_shape = batch_shape
        self.name = name or "input"


def Input(  # noqa: N802
    shape: Any = None,
    batch_size: int | None = None,
    dtype: str | None = None,
    batch_shape: Any = None,
    name: str | None = None,
) -> InputLayer:
    """The shape of a model's rows, for the first place in `Sequential`.

    Args:
        shape: shape of one row, without the batch axis; `None` for an axis of any length.
        batch_size: rows a batch, where it is fixed (stateful layers); default any.
        dtype: accepted for Keras's sake; ids are recognized by the `Embedding` that reads them.
        batch_shape: shape with the batch axis, in place of `shape`.
        name: a name for the input.

    Raises:
        ValueError: neither or both of `shape` and `batch_shape` are given, or an axis is not a
            positive integer or `None`.

    >>> Input((10, 1)).batch_shape
    (None, 10, 1)
    """
    if (shape is None) == (batch_shape is None):
        raise ValueError("Input needs one of shape and batch_shape, got both or neither")
    if batch_shape is not None:
        return InputLayer(check_shape("batch_shape", batch_shape), name)
    rows = optional_count("batch_size", batch_size)
    return InputLayer((rows, *check_shape("shape", shape)), name)
