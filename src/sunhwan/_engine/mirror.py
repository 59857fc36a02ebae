"""Sequences whose rows run backwards."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .layout import Layout


def mirror_index(layout: Layout) -> np.ndarray:
    """`(P,)` int32: the own step that stands where each one does when its row is turned round."""
    ends = np.repeat(layout.offsets[:-1] + layout.offsets[1:] - 1, layout.lengths)
    return (ends - np.arange(layout.steps)).astype(np.int32)


def mirrored(layout: Layout) -> Layout:
    """The layout of the same rows turned round, their masks too; it has no shared run."""
    if not layout.masked:
        return layout
    last = np.repeat(layout.filled.lengths - 1, layout.lengths)
    positions = (last - layout.times)[mirror_index(layout)].astype(np.int32)
    starts = layout.filled.lengths.copy()
    own = layout.lengths > 0
    starts[own] = positions[layout.offsets[:-1][own]]
    return replace(layout, starts=starts, positions=positions)
