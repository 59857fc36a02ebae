"""Lists with one thing in them: all rows of the one input or output, or its one row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from sunhwan._engine.inputs import is_ragged
from sunhwan._engine.symbolic import Shape

from .shapes import fits


def is_list_of_one(values: Any) -> bool:
    """Whether `values` is a list or a tuple of one thing."""
    return isinstance(values, (list, tuple)) and len(values) == 1


def input_in_list(x: Any, rank: int | None, least: int = 2) -> Any:
    """What is alone in a list, where it is all rows of the one input; else `x` as it came.

    Args:
        x: what the user passed, a list of one.
        rank: axes of the input's rows, with that of the batch; `None` if not known yet.
        least: how many it has at least.

    >>> input_in_list([np.zeros((5, 3))], 2).shape, len(input_in_list([np.zeros(3)], 2))
    ((5, 3), 1)
    """
    shape = _shape_of(x[0])
    if shape is None:
        return x[0] if is_ragged(x[0]) else x
    whole = len(shape) >= least if rank is None else len(shape) == rank
    return x[0] if whole else x


def targets_in_list(values: Any, rows: int, shapes: Sequence[Shape]) -> Any:
    """What is alone in a list, where it is of all rows of the one output; else `values`.

    Args:
        values: targets or weights, as the user passed them.
        rows: how many rows there are.
        shapes: which they may have; of one row, the list itself may be what has them.

    >>> targets_in_list([np.zeros(5)], 5, [(None,)]).shape, targets_in_list([2.0], 1, [(None,)])
    ((5,), [2.0])
    """
    if not is_list_of_one(values):
        return values
    if values[0] is None:
        return None
    shape = _shape_of(values[0])
    if shape is None:
        return values[0] if is_ragged(values[0]) else values
    if not shape:
        return values
    if rows != 1:
        return values[0] if shape[0] == rows or hasattr(values[0], "__array__") else values
    is_row = any(fits(expected, (1, *shape)) for expected in shapes)
    return values if is_row or shape[0] != 1 else values[0]


def _shape_of(values: Any) -> tuple[int, ...] | None:
    """The shape of an array or of lists of lists; `None` where these differ in length."""
    try:
        return np.shape(values)
    except ValueError:
        return None
