"""Where the steps of a packed batch of sequences stand."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any, ClassVar, Literal

import numpy as np

from sunhwan import _core

Absent = Literal["none", "constant", "previous"]

# Saved activations that a slice of a batch may hold, and what the rows may take that a layer wants
# in one slice at least; they never depend on the machine.
SLICE_BYTES = 8 << 20
WANTED_SLICE_BYTES = 256 << 20

# A slice of a prediction, which saves nothing, has so many rows if they fit in what is wanted.
ASKED_ROWS = 128

# Layouts of dense batches up to this size are made once and kept.
KEPT_STEPS = 1 << 15


@dataclass(frozen=True, eq=False)
class Layout:
    """Rows of a packed batch: `N` rows, `P` own steps in all.

    Args:
        offsets: `(N + 1,)` int64; row `n` owns the packed steps `offsets[n]:offsets[n + 1]`.
        starts: `(N,)` int64, absolute position of each row's first own step.
        width: the padded width `T`.
        order: `(N,)` int64, the place in the batch that each row came from.
        positions: `(P,)` int32, absolute position of each own step, where a mask has holes; else
            `None`, and an own step's position is its row's start plus its place in the row.
        extents: `(N,)` int64, where each row of a ragged batch ends; `None` when all rows end at
            the width.
        shared: length `S` of the shared run; the positions before `starts[n]` read it.
        absent: how positions within the extent that are neither own nor shared read: there are
            none, they read the head's constant row, or the row's previous own step (the
            constant row where there is none).
        readers: `(R,)` int32, of a memory: which row of it each row of its reader reads, where
            these are not the same rows (decoding); else `None`.
    """

    offsets: np.ndarray
    starts: np.ndarray
    width: int
    order: np.ndarray
    positions: np.ndarray | None = None
    extents: np.ndarray | None = None
    shared: int = 0
    absent: Absent = "none"
    readers: np.ndarray | None = None

    # Whether all rows own the whole width and stand in the order of the batch.
    plain: ClassVar[bool] = False

    @staticmethod
    def dense(rows: int, width: int, order: np.ndarray | None = None) -> Layout:
        """Rows that all own `width` steps; without `order` in the order of the batch."""
        layout = (_kept_dense if rows * width <= KEPT_STEPS else _dense)(rows, width)
        return layout if order is None or order is layout.order else replace(layout, order=order)

    @property
    def rows(self) -> int:
        return len(self.starts)

    @property
    def steps(self) -> int:
        """Own steps of all rows, `P`."""
        return int(self.offsets[-1])

    @property
    def masked(self) -> bool:
        return self.absent != "none"

    @property
    def ragged(self) -> bool:
        return self.extents is not None

    @property
    def head_rows(self) -> int:
        """Rows of the head: the shared run's steps and the constant row, if there is one."""
        return self.shared + (1 if self.masked else 0)

    @cached_property
    def derived(self) -> dict[Any, Layout]:
        """Layouts that were made of this one, by what they were made for."""
        return {}

    @cached_property
    def lengths(self) -> np.ndarray:
        """Own steps of each row, `(N,)` int64."""
        return np.diff(self.offsets)

    @cached_property
    def step_rows(self) -> np.ndarray:
        """For each own step its row's place in the batch, `(P,)` int64."""
        return np.repeat(self.order, self.lengths)

    @cached_property
    def times(self) -> np.ndarray:
        """For each own step its absolute position, `(P,)` int32."""
        if self.positions is not None:
            return self.positions
        first = np.repeat(self.offsets[:-1] - self.starts, self.lengths)
        return (np.arange(self.steps, dtype=np.int64) - first).astype(np.int32)

    @cached_property
    def filled(self) -> Layout:
        """This layout with every position of every row an own step."""
        if self.extents is None:
            return Layout.dense(self.rows, self.width, self.order)
        return Layout(
            offsets=np.concatenate([[0], np.cumsum(self.extents)]),
            starts=np.zeros(self.rows, np.int64),
            width=self.width,
            order=self.order,
            extents=self.extents,
        )

    @cached_property
    def filling(self) -> np.ndarray:
        """For each step of `filled` where it reads, int32: an own step, or head row `-1 - i`."""
        target = self.filled
        source = np.full(target.steps, -1 - self.shared, np.int32)
        places = np.repeat(target.offsets[:-1], self.lengths) + self.times
        source[places] = np.arange(self.steps, dtype=np.int32)
        if self.shared:
            times = target.times
            in_run = times < np.repeat(self.starts, target.lengths)
            source[in_run] = -1 - times[in_run]
        if self.absent == "previous":
            latest = np.maximum.accumulate(source)
            own = latest >= np.repeat(self.offsets[:-1], target.lengths)
            source = np.where(own, latest, np.int32(-1 - self.shared)).astype(np.int32)
        return source

    def with_absent(self, absent: Absent) -> Layout:
        """The same steps with another rule for the absent ones."""
        return self if absent == self.absent else replace(self, absent=absent)

    def slice(self, first: int, last: int) -> Layout:
        """The rows `first:last` alone."""
        if first == 0 and last == self.rows:
            return self
        low, high = int(self.offsets[first]), int(self.offsets[last])
        return Layout(
            offsets=self.offsets[first : last + 1] - low,
            starts=self.starts[first:last],
            width=self.width,
            order=self.order[first:last],
            positions=None if self.positions is None else self.positions[low:high],
            extents=None if self.extents is None else self.extents[first:last],
            shared=self.shared,
            absent=self.absent,
        )

    def take(self, rows: np.ndarray, order: np.ndarray | None = None) -> tuple[Layout, np.ndarray]:
        """The layout of the rows `rows[order] (n,)`, and the first own step of each, `(n,)` int64.

        By default they are sorted by own length, longest first; `order` says where in `rows` each
        stood.
        """
        if self.plain and order is None:
            return Layout.dense(len(rows), self.width), rows * self.width
        lengths = self.lengths[rows]
        if order is None:
            order = np.argsort(-lengths, kind="stable")
        rows = rows[order]
        offsets = np.zeros(len(rows) + 1, np.int64)
        np.cumsum(lengths[order], out=offsets[1:])
        firsts, starts = self.offsets[rows], self.starts[rows]
        extents = None if self.extents is None else self.extents[rows]
        layout = Layout(
            offsets=offsets,
            starts=starts,
            width=self.width if extents is None else int(extents.max(initial=0)),
            order=order,
            positions=self._taken_positions(firsts, offsets),
            extents=extents,
            shared=int(starts.max(initial=0)) if self.shared else 0,
            absent=self.absent,
        )
        return layout, firsts

    def _taken_positions(self, firsts: np.ndarray, offsets: np.ndarray) -> np.ndarray | None:
        if self.positions is None:
            return None
        positions = np.empty(int(offsets[-1]), np.int32)
        _core.take_runs(self.positions, firsts, offsets, positions)
        return positions


def cut_rows(floats: list[int], least_rows: int = 1) -> Iterator[tuple[int, int]]:
    """Ranges of rows, as even as can be, whose saved numbers fit in a slice, or nearly.

    Args:
        floats: `(N + 1,)`, what the rows before each row leave saved.
        least_rows: a slice has so many if they fit in `WANTED_SLICE_BYTES`.
    """
    rows, first, goal = len(floats) - 1, 0, floats[0]
    share = (floats[rows] - goal) / max(1, -(-(floats[rows] - goal) * 4 // SLICE_BYTES))
    while first < rows:
        goal = max(goal, floats[first]) + share
        least = min(first + least_rows, rows)
        if 4 * (floats[least] - floats[first]) > WANTED_SLICE_BYTES:
            least = bisect_right(floats, floats[first] + WANTED_SLICE_BYTES // 4) - 1
        last = max(_nearest(floats, goal), least, first + 1)
        last = bisect_right(floats, floats[last]) - 1  # with the rows after it that have no steps
        yield first, last
        first = last


def _nearest(numbers: list[int], goal: float) -> int:
    """The place of the ascending number that is nearest to `goal`, which is above the first."""
    above = min(bisect_right(numbers, goal), len(numbers) - 1)
    return above if numbers[above] - goal < goal - numbers[above - 1] else above - 1


def places(rows: int) -> np.ndarray:
    """`0, 1, ...`, `(rows,)` int64, read-only: the places of rows that nobody moved."""
    return _places(rows) if rows <= KEPT_STEPS else np.arange(rows, dtype=np.int64)


@lru_cache(maxsize=32)
def _places(rows: int) -> np.ndarray:
    order = np.arange(rows, dtype=np.int64)
    order.flags.writeable = False
    return order


@lru_cache(maxsize=32)
def own_tokens(steps: int) -> np.ndarray:
    """`0, 1, ...`, `(steps,)` int32, read-only: the index of steps that are a token each."""
    index = np.arange(steps, dtype=np.int32)
    index.flags.writeable = False
    return index


def _dense(rows: int, width: int) -> Layout:
    layout = Layout(
        offsets=np.arange(rows + 1, dtype=np.int64) * width,
        starts=np.zeros(rows, np.int64),
        width=width,
        order=places(rows),
    )
    object.__setattr__(layout, "plain", True)
    return layout


_kept_dense = lru_cache(maxsize=32)(_dense)
