"""Merging in which an input does not count at steps where it is masked."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from sunhwan._engine.context import Context
from sunhwan._engine.sequences import Sequences

from .joining import mask_of_rows
from .pointwise_merging import PointwiseMerging


class MaskedMerging(PointwiseMerging):
    """A layer that leaves masked steps of an input out, where others are real.

    Where all inputs are masked, the output is `nothing`, or what the first holds.

    >>> import sunhwan as sh
    >>> issubclass(sh.layers.Multiply, MaskedMerging)
    True
    """

    neutral: ClassVar[float]  # what does not count
    nothing: ClassVar[float | None] = None

    def forward(self, x: list[Any], context: Context) -> Any:
        masks = _masks(x, context)
        absent = None
        if masks and all(mask is not None for mask in masks):
            absent = ~np.logical_or.reduce(np.broadcast_arrays(*masks))
            if self.nothing is None:
                masks[0] = masks[0] | absent
        parts = [
            part if mask is None else np.where(mask, part, np.float32(self.neutral))
            for part, mask in zip(x, masks or [None] * len(x), strict=True)
        ]
        y = super().forward(parts, context)
        if absent is not None and self.nothing is not None:
            y = np.where(absent, np.float32(self.nothing), y)
        context.saved.masks, context.saved.absent = masks, absent
        return y

    def backward(self, dy: np.ndarray, context: Context) -> list[np.ndarray]:
        masks, absent = context.saved.masks, context.saved.absent
        if absent is not None and self.nothing is not None:
            dy = np.where(absent, np.float32(0), dy)
        gradients = super().backward(dy, context)
        return [
            part if mask is None else np.where(mask, part, np.float32(0))
            for part, mask in zip(gradients, masks or [None] * len(gradients), strict=True)
        ]


def _masks(x: list[Any], context: Context) -> list[Any]:
    """Of each array which steps are real, as it broadcasts to it, or `None`; [] if none is."""
    layouts = context.layouts
    if isinstance(x[0], Sequences) or all(layout is None for layout in layouts):
        return []
    return [
        None
        if layout is None
        else mask_of_rows(layout).reshape(*part.shape[:2], *(1,) * (part.ndim - 2))
        for part, layout in zip(x, layouts, strict=True)
    ]
