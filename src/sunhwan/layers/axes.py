"""The axes that a layer normalizes over, brought to the end and back."""

from __future__ import annotations

from typing import Any

import numpy as np

from sunhwan._engine.unknown_length import UnknownLengthError

from .layer import Layer, Shape


def axes_of(layer: Layer, axis: Any, shape: Shape) -> tuple[int, ...]:
    """The axes counted from the front, in order.

    Args:
        layer: for messages.
        axis: what `check_axis` returned.
        shape: of the layer's input, with the batch axis.

    Raises:
        ValueError: one is out of range, the batch axis, there twice, or of unknown length.
    """
    entries = axis if isinstance(axis, tuple) else (axis,)
    axes = sorted(a + len(shape) if a < 0 else a for a in entries)
    if len(set(axes)) < len(axes) or not all(0 < a < len(shape) for a in axes):
        raise ValueError(
            f"axis of layer {layer.name!r} must name different axes of a row, "
            f"got {axis} for input of shape {tuple(shape)}"
        )
    if any(shape[a] is None for a in axes):
        raise UnknownLengthError(
            f"layer {layer.name!r} needs a fixed length along axis {axis}, "
            f"got an input of shape {tuple(shape)}"
        )
    return tuple(axes)


def to_end(values: np.ndarray, axes: tuple[int, ...]) -> np.ndarray:
    """The values with `axes` last, C-contiguous."""
    last = tuple(range(values.ndim - len(axes), values.ndim))
    return np.ascontiguousarray(np.moveaxis(values, axes, last))


def from_end(values: np.ndarray, axes: tuple[int, ...]) -> np.ndarray:
    """What `to_end` undid: the last axes back at `axes`."""
    last = tuple(range(values.ndim - len(axes), values.ndim))
    return np.ascontiguousarray(np.moveaxis(values, last, axes))
