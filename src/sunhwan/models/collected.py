"""What the slices of a batch gave, put together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from sunhwan._engine.layout import Layout, places
from sunhwan._engine.sequences import Sequences


class Collected:
    """Puts the outputs of slices where their rows stood in the batch.

    Args:
        rows: of the batch.
        shows: whether somebody looks at the outputs; else they are not kept.

    Attributes:
        outputs: of the batch so far, an array or for ragged rows a list.
        losses: the slices' shares of the batch's loss.
        mask: of the batch, see `Outcome`.
        last: the last slice's output, as it came.
    """

    def __init__(self, rows: int, shows: bool = True) -> None:
        self._rows, self._shows = rows, shows
        self.outputs: Any = None
        self.losses: list[float] = []
        self.mask: np.ndarray | None = None
        self.last: Any = None

    def add(self, output: Any, rows: np.ndarray) -> None:
        """Copy a slice's output, whose rows stood at `rows`."""
        self.last = output
        if not self._shows:
            return
        if isinstance(output, Sequences) and not output.layout.ragged:
            shape = len(rows), output.layout.width, *output.values.shape[1:]
            output = _filled(output).reshape(shape)
        if isinstance(output, Sequences):
            if self.outputs is None:
                self.outputs = [None] * self._rows
            parts = np.split(_filled(output), output.layout.filled.offsets[1:-1])
            for row, part in zip(rows, parts, strict=True):
                self.outputs[row] = part
            return
        if rows is places(self._rows):
            self.outputs = np.array(output, np.float32)
            return
        if self.outputs is None:
            self.outputs = np.empty((self._rows, *output.shape[1:]), np.float32)
        self.outputs[rows] = output


class CollectedOutputs:
    """The same of several outputs: all but `losses` are tuples."""

    def __init__(self, rows: int, shows: Sequence[bool]) -> None:
        self._each = [Collected(rows, shown) for shown in shows]
        self.losses: list[float] = []
        self.mask: Any = None

    @property
    def outputs(self) -> tuple[Any, ...]:
        """Those of each."""
        return tuple(one.outputs for one in self._each)

    def add(self, outputs: Any, rows: np.ndarray) -> None:
        """Copy a slice's outputs, whose rows stood at `rows`."""
        for one, output in zip(self._each, outputs, strict=True):
            one.add(output, rows)


def collected_of(rows: int, shows: Sequence[bool]) -> Any:
    """What collects the outputs of a batch of so many rows, those that are shown."""
    return Collected(rows, shows[0]) if len(shows) == 1 else CollectedOutputs(rows, shows)


def mask_of(layout: Layout) -> np.ndarray:
    """The mask of a batch in its own order: `(N, T)` bool; for ragged rows `(steps,)`."""
    mask = np.zeros((layout.rows, layout.width), bool)
    mask[layout.step_rows, layout.times] = True
    if layout.extents is None:
        return mask
    extents = np.empty_like(layout.extents)
    extents[layout.order] = layout.extents
    return mask[np.arange(layout.width) < extents[:, None]]


def _filled(output: Sequences) -> np.ndarray:
    """A copy of the values of every position of the rows."""
    assert output.values is not None
    if not output.layout.masked:
        return output.values.copy()
    assert output.head is not None
    assert output.head.rows is not None
    return np.concatenate([output.values, output.head.rows[::-1]])[output.layout.filling]
