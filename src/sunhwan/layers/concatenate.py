"""Concatenate: several inputs side by side."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, final

import numpy as np

from sunhwan import _core
from sunhwan._engine.arguments import check_integer
from sunhwan._engine.context import Context
from sunhwan._engine.layout import Layout

from .joining import layout_of, mask_of_rows
from .layer import Shape
from .merging import Merging
from .registry import LAYERS


@final
@LAYERS.register()
class Concatenate(Merging):
    """Puts its inputs side by side along an axis.

    Args:
        axis: the axis, counted with the batch axis; by default the last.
        kwargs: see `Layer`.

    Inputs of masked sequences give masked ones: along the steps with their masks side by side, else
    with the steps that are real in one of them.

    Raises:
        ValueError: the axis is that of the batch or not there, or the shapes differ along another.

    >>> import numpy as np
    >>> Concatenate()([np.ones((1, 2)), np.zeros((1, 1))])
    array([[1., 1., 0.]], dtype=float32)
    """

    def __init__(self, axis: int = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = check_integer("axis", axis)

    def _place(self, rank: int) -> int:
        place = self.axis + rank if self.axis < 0 else self.axis
        if not 0 < place < rank:
            raise ValueError(
                f"layer {self.name!r} needs an axis from 1 to {rank - 1}, or from the end, for "
                f"inputs of {rank} axes, got {self.axis}"
            )
        return place

    @property
    def _rank(self) -> int:
        return len(self.build_shape[0]) if self.build_shape else 0  # type: ignore[arg-type]

    @property
    def packs(self) -> bool:
        return self._rank > 2 and self._place(self._rank) > 1

    def build(self, input_shape: Any) -> None:
        self.compute_output_shape(input_shape)

    def compute_output_shape(self, input_shape: Any) -> Shape:
        shapes = self.check_inputs(input_shape)
        rank = len(shapes[0])
        place = self._place(rank)
        rest = {(*shape[1:place], *shape[place + 1 :]) for shape in shapes}
        if not _fit(rest):
            raise ValueError(
                f"layer {self.name!r} needs inputs whose shapes differ along axis {place} alone, "
                f"got {shapes}"
            )
        lengths = [shape[place] for shape in shapes]
        whole = None if None in lengths else sum(length or 0 for length in lengths)
        known = [
            next((s[a] for s in shapes if s[a] is not None), None) if a else None
            for a in range(rank)
        ]
        return (*known[:place], whole, *known[place + 1 :])

    def apply(self, values: list[np.ndarray], context: Context, saved: Any) -> np.ndarray:
        # Packed steps have one axis less than the rows that they come from.
        place = self._place(self._rank) - (self._rank - values[0].ndim)
        shape = list(values[0].shape)
        shape[place] = sum(value.shape[place] for value in values)
        saved.place, saved.shapes = place, [value.shape for value in values]
        y, first = context.empty(tuple(shape)), 0
        for value in values:
            columns = _columns(value, place)
            _core.copy_columns(columns, 0, _columns(y, place), first, columns.shape[1])
            first += columns.shape[1]
        return y

    def apply_backward(self, dy: np.ndarray, context: Context, saved: Any) -> list[np.ndarray]:
        gradients, first = [], 0
        for shape in saved.shapes:
            part = context.empty(shape)
            columns = _columns(part, saved.place)
            _core.copy_columns(_columns(dy, saved.place), first, columns, 0, columns.shape[1])
            gradients.append(part)
            first += columns.shape[1]
        return gradients

    def replays(self, training: bool) -> bool:
        return True

    def keeps_mask(self, masked: Sequence[bool]) -> bool:
        return any(masked) if self._along_steps else all(masked)

    @property
    def _along_steps(self) -> bool:
        # The last axis is never that of steps with a mask, whatever the first call's rank was.
        return self.axis == 1 or (self.axis < -1 and self._place(self._rank) == 1)

    def joined_mask(
        self, layouts: Sequence[Layout | None], lengths: Sequence[int | None] = ()
    ) -> Layout | None:
        if not self._along_steps:
            return super().joined_mask(layouts)
        like = next(layout for layout in layouts if layout is not None)
        lengths = lengths or [shape[1] for shape in self.build_shape or ()]  # type: ignore[index]
        masks = [
            np.ones((like.rows, length or 0), bool) if layout is None else mask_of_rows(layout)
            for layout, length in zip(layouts, lengths, strict=True)
        ]
        return layout_of(np.concatenate(masks, axis=1), like)


def _columns(values: np.ndarray, place: int) -> np.ndarray:
    """The array as a matrix, whose rows hold what lies from the axis `place` on."""
    return np.ascontiguousarray(values).reshape(
        math.prod(values.shape[:place]), math.prod(values.shape[place:])
    )


def _fit(shapes: set[Shape]) -> bool:
    """Whether shapes are the same where they are known."""
    if len({len(shape) for shape in shapes}) > 1:
        return False
    axes = zip(*shapes, strict=True)
    return all(len({length for length in axis if length is not None}) < 2 for axis in axes)
