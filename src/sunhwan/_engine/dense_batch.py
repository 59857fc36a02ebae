"""Batches that are alike but for their numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .batch import Batch
from .layout import own_tokens
from .sequences import Sequences


def dense_shape(batch: Batch) -> tuple[int, ...] | None:
    """The shape of a batch of rows that are all alike, `None` for others."""
    if type(batch) is tuple:
        return None
    if not isinstance(batch, Sequences):
        return batch.shape
    layout = batch.layout
    if not layout.plain:
        return None
    if batch.index is not None:
        plain = batch.index is own_tokens(layout.steps)
        return (layout.rows, layout.width) if plain else None
    return (layout.rows, layout.width, *batch.values.shape[1:]) if batch.head is None else None


def numbers_of(batch: Batch) -> np.ndarray:
    """The numbers of a dense batch."""
    if not isinstance(batch, Sequences):
        return batch
    if batch.index is None:
        return batch.values
    assert batch.head is not None
    return batch.head.tokens


def with_numbers(batch: Batch, values: np.ndarray) -> Batch:
    """The same batch of other numbers."""
    if not isinstance(batch, Sequences):
        return values
    if batch.index is None:
        return Sequences(batch.layout, values)
    assert batch.head is not None
    return Sequences(batch.layout, index=batch.index, head=replace(batch.head, tokens=values))
