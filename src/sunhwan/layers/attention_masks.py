"""What each step of a query may see of a memory, as users say it."""

from __future__ import annotations

from typing import Any

import numpy as np

from sunhwan._engine.inputs import as_numbers

from .layer import Shape


def constant_mask(mask: Any, name: str) -> np.ndarray | None:
    """A mask that all rows have in common, `(1, heads, T, S)`; `None` where each has its own.

    Args:
        mask: an array `(T, S)`, `(N, T, S)` or `(N, heads, T, S)`.
        name: of the layer, for errors.

    Raises:
        ValueError: it is no such array.
    """
    array = as_numbers(mask, f"attention_mask of layer {name!r}")
    if array.ndim == 2:
        array = array[None]
    check_mask_shape(array.shape, name)
    return grid(np.ascontiguousarray(array, np.float32)) if len(array) == 1 else None


def grid(mask: np.ndarray) -> np.ndarray:
    """The mask `(N, T, S)` or `(N, heads, T, S)` with an axis of heads."""
    return mask if mask.ndim == 4 else mask[:, None]


def check_mask_shape(
    shape: Shape, name: str, heads: int | None = None, steps: tuple[Any, Any] = (None, None)
) -> None:
    """Raise a `ValueError` unless a mask of such a shape, with the batch axis, fits.

    Args:
        shape: of the mask.
        name: of the layer, for errors.
        heads: how many there are, `None` for any number.
        steps: of the query and of the value, `None` each for any number.
    """
    expected = (heads, *steps)[4 - len(shape) :] if len(shape) in (3, 4) else None
    if expected is None or not all(
        None in (size, wanted) or size in (1, wanted)
        for size, wanted in zip(shape[1:], expected, strict=True)
    ):
        names = zip((heads, *steps), ("heads", "T", "S"), strict=True)
        H, T, S = (letter if size is None else size for size, letter in names)
        raise ValueError(
            f"attention_mask of layer {name!r} must have shape (rows, {T}, {S}) or (rows, {H}, "
            f"{T}, {S}), where 1 stands for all, got {shape}"
        )
