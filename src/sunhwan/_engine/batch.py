"""A batch: what one input brings, or a tuple of what several bring, whose rows go together."""

from __future__ import annotations

from typing import Any

import numpy as np

from .form import Form
from .layout import places
from .sequences import Sequences

Batch = Any  # np.ndarray or Sequences, or a tuple of these, with their rows in one order


def parts_of(batch: Batch) -> tuple[Any, ...]:
    """What each input brings."""
    return batch if type(batch) is tuple else (batch,)


def rows_of(batch: Batch) -> int:
    """How many rows a batch has."""
    first = parts_of(batch)[0]
    return first.layout.rows if isinstance(first, Sequences) else len(first)


def order_of(batch: Batch) -> np.ndarray:
    """The place in the user's batch that each row came from."""
    for part in parts_of(batch):
        if isinstance(part, Sequences):
            return part.layout.order
    return places(rows_of(batch))


def form_of(batch: Batch) -> Any:
    """The kind of edge that carries this batch; a tuple of several."""
    if type(batch) is tuple:
        return tuple(form_of(part) for part in batch)
    if not isinstance(batch, Sequences):
        return Form(False)
    layout = batch.layout
    return Form(True, batch.values is None, bool(layout.shared), layout.masked, layout.ragged)


def take_rows(batch: Batch, first: int, last: int) -> Batch:
    """The rows `first:last` of a batch."""
    if type(batch) is tuple:
        return tuple(take_rows(part, first, last) for part in batch)
    return batch.slice(first, last) if isinstance(batch, Sequences) else batch[first:last]
