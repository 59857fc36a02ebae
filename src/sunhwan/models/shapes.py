"""Shapes of data, beside those that a model takes."""

from __future__ import annotations

from typing import Any

import numpy as np

from sunhwan._engine.symbolic import Shape


def fits(expected: Shape, given: Shape) -> bool:
    """Whether data of shape `given` can go where `expected` is.

    >>> fits((None, None, 2), (None, 7, 2)), fits((None, 5, 2), (None, 7, 2))
    (True, False)
    """
    if len(expected) != len(given):
        return False
    return all(a in (None, b) for a, b in zip(expected[1:], given[1:], strict=True))


def of_rank(part: Any, expected: Shape) -> Any:
    """Data with a last axis of 1 added or taken off, where the input's shape asks for that.

    >>> of_rank(np.zeros((3, 7)), (None, 7, 1)).shape, of_rank(np.zeros((3, 7, 1)), (None, 7)).shape
    ((3, 7, 1), (3, 7))
    """
    if isinstance(part, np.ndarray) and part.dtype != object:
        if part.ndim == len(expected) - 1 and expected[-1] == 1:
            return part[..., np.newaxis]
        if part.ndim == len(expected) + 1 and part.shape[-1] == 1:
            return part[..., 0]
    return part


def declared_shape(layer: Any) -> Shape | None:
    """The input shape that a first layer declares itself, with the batch axis."""
    if hasattr(type(layer), "plan"):  # a model
        return layer.input_shape if layer.built else None
    if layer.input_shape is not None:
        return (None, *layer.input_shape)
    if getattr(layer, "reads_ids", False):
        return (None, getattr(layer, "input_length", None))
    return None
