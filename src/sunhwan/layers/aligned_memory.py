"""Keys and values of which not the same steps are there: attention sees those of both."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from sunhwan._engine.context import Context
from sunhwan._engine.layout import Layout
from sunhwan._engine.sequences import Sequences

from .joining import layout_of, mask_of_rows


class Aligned(NamedTuple):
    """Which steps were taken of values and keys, and how many there were of each."""

    values: np.ndarray
    keys: np.ndarray
    steps: tuple[int, int]

    def backward(
        self, dvalues: np.ndarray, dkeys: np.ndarray, context: Context
    ) -> tuple[np.ndarray, np.ndarray]:
        """The gradients of all values and keys."""
        whole = []
        for part, taken, steps in zip((dvalues, dkeys), self[:2], self.steps, strict=True):
            gradient = context.zeros((steps, part.shape[1]))
            gradient[taken] = part
            whole.append(gradient)
        return whole[0], whole[1]


def aligned(
    value: Sequences, key: Sequences, name: str
) -> tuple[Sequences, Sequences, Aligned | None]:
    """The steps that both have.

    Args:
        value, key: of as many rows.
        name: of the layer, for errors.

    Raises:
        ValueError: the rows have not as many steps, masked ones among them.
    """
    one, other = value.layout, key.layout
    if one is other or (
        np.array_equal(one.offsets, other.offsets) and np.array_equal(one.times, other.times)
    ):
        return value, key, None
    ends: list[Any] = [
        layout.extents if layout.ragged else np.full(layout.rows, layout.width)
        for layout in (one, other)
    ]
    if not np.array_equal(*ends):
        raise ValueError(
            f"layer {name!r} needs keys and values of as many steps, got {one.width} steps of "
            f"values and {other.width} of keys"
        )
    both = mask_of_rows(one) & mask_of_rows(other)
    taken = [_own_steps(layout, both) for layout in (one, other)]
    layout, parts = replace(layout_of(both, one), readers=one.readers), []
    for each, index in zip((value, key), taken, strict=True):
        assert each.values is not None
        parts.append(Sequences(layout, each.values[index]))
    return parts[0], parts[1], Aligned(taken[0], taken[1], (one.steps, other.steps))


def _own_steps(layout: Layout, kept: np.ndarray) -> np.ndarray:
    """Which own steps are among those of a mask `(N, T)`."""
    rows = np.repeat(np.arange(layout.rows), layout.lengths)
    return np.flatnonzero(kept[rows, layout.times])
