"""A decoder's context and first states, of all rows, as the few rows of a step read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from sunhwan import _core
from sunhwan._engine.layout import Layout
from sunhwan._engine.plan import Call
from sunhwan._engine.recorded import staged
from sunhwan._engine.sequences import Sequences

Start = tuple[np.ndarray, np.ndarray]


class Held:
    """The rows that a step computes, `slots * beams`: of each source in a slot its beams.

    Args:
        sources: how many sources there are.
        slots: how many are computed at a time.
        beams: rows of each.

    Attributes:
        readers: `(rows,)` int32, the source of each row.
        starts: pairs (what all sources begin with `(sources, size)`, what the rows read).
        memory: the arrays of floats that rows read.
    """

    def __init__(self, sources: int, slots: int, beams: int) -> None:
        self.sources, self.slots, self.beams = sources, slots, beams
        self.readers = np.repeat(np.arange(slots, dtype=np.int32), beams)
        self.starts: list[Start] = []
        self.memory: list[np.ndarray] = []

    @property
    def rows(self) -> int:
        """How many rows a step computes."""
        return len(self.readers)

    def stage(self, whole: np.ndarray) -> np.ndarray:
        """What the rows read of an array `(sources, ...)`, each that of its source."""
        flat = np.ascontiguousarray(whole, np.float32).reshape(self.sources, -1)
        rows = staged(flat[self.readers])
        self.starts.append((flat, rows))
        self.memory.append(rows)
        return rows.reshape(self.rows, *whole.shape[1:])

    def share(self, part: Any) -> Sequences:
        """Steps that all rows read where they stand, each those of its source."""
        if not isinstance(part, Sequences):
            steps = np.ascontiguousarray(part).reshape(-1, *part.shape[2:])
            part = Sequences(Layout.dense(*part.shape[:2]), steps)
        self.memory += floats_of(part)
        layout = replace(part.layout, readers=self.readers)
        return Sequences(layout, part.values, part.index, part.head)

    def spread(self, part: Any) -> Any:
        """What the rows read of sequences or of an array that the whole batch has."""
        if isinstance(part, Sequences) and not _is_dense(part):
            return self._repeated(part)
        if not isinstance(part, Sequences):
            return self.stage(part)
        shape = self.sources, part.layout.width, *part.values.shape[1:]
        steps = self.stage(part.values.reshape(shape))
        return Sequences(Layout.dense(self.rows, shape[1]), steps.reshape(-1, *shape[2:]))

    def enter(self, slot: int, source: int) -> None:
        """Let the rows of a slot begin with what another source has."""
        rows = slice(slot * self.beams, (slot + 1) * self.beams)
        self.readers[rows] = source
        for whole, read in self.starts:
            read[rows] = whole[source]

    def _repeated(self, part: Sequences) -> Sequences:
        """Each row as often as there are beams; all sources are in a slot."""
        layout, firsts = part.layout.take(self.readers, np.arange(self.rows))
        taken: list[Any] = [None, None]
        for place, steps in enumerate((part.values, part.index)):
            if steps is not None:
                taken[place] = np.empty((layout.steps, *steps.shape[1:]), steps.dtype)
                _core.take_runs(steps, firsts, layout.offsets, taken[place])
        repeated = Sequences(layout, *taken, head=part.head)
        self.memory += floats_of(repeated)
        return repeated


def most_slots(parts: dict[int, Any], calls: Sequence[Call], sources: int, wanted: int) -> int:
    """How many sources a step can compute at a time: all where rows cannot be exchanged."""
    fixed = any(
        isinstance(part, Sequences) and not _is_dense(part) and not is_shared(edge, calls)
        for edge, part in parts.items()
    )
    return sources if fixed else min(sources, wanted)


def is_shared(edge: int, calls: Sequence[Call]) -> bool:
    """Whether an edge is nothing but the memory of attention, which may be another row's."""
    for call in calls:
        shares = call.layer.shares_memory and not call.options.get("scores")
        alone = [*call.inputs[:1], *call.inputs[3:], *call.states]
        if edge in alone or (edge in call.inputs and not shares):
            return False
    return True


def floats_of(part: Any) -> list[np.ndarray]:
    """The arrays of floats that a part of a batch holds."""
    if not isinstance(part, Sequences):
        return [part]
    head = part.head
    held = [part.values, *(() if head is None else (head.tokens, head.rows))]
    return [each for each in held if each is not None and each.dtype == np.float32]


def _is_dense(part: Sequences) -> bool:
    """Whether sequences are rows of as many steps, without mask or anything in common."""
    layout = part.layout
    alike = not (layout.masked or layout.ragged or layout.shared)
    return part.values is not None and alike and layout.steps == layout.rows * layout.width
