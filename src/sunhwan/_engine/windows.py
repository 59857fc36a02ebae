"""Windows over packed rows: where a convolution or a pooling reads, and what it leaves."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from sunhwan import _core

from .layout import Layout


@dataclass(frozen=True)
class Windows:
    """Windows of `size` steps, `dilation` apart, that begin every `stride` steps.

    They lie on the grid of a row's absolute positions: output step `t` reads the positions
    `t * stride - before + k * dilation` for `k` in `range(size)`, zeros where there are none.

    Args:
        size: taps of a window.
        stride: steps from a window to the next.
        dilation: steps from a tap to the next.
        padding: `"valid"` (no window leaves the row), `"same"` (as many windows as steps, divided
            by the stride; the zeros in front are the smaller half) or `"causal"` (no window looks
            ahead).

    >>> windows = Windows(size=3, stride=2, padding="same")
    >>> windows.count(7), windows.before(7)
    (4, 1)
    """

    size: int
    stride: int = 1
    dilation: int = 1
    padding: str = "valid"

    @property
    def span(self) -> int:
        """Steps from a window's first tap to its last, both counted."""
        return (self.size - 1) * self.dilation + 1

    @property
    def tap_step(self) -> int:
        """How far apart the taps stand that read one and the same step, in different windows."""
        return self.stride // math.gcd(self.stride, self.dilation)

    def count(self, extent: Any) -> Any:
        """How many windows rows of `extent` steps have, an integer or an array of them."""
        if self.padding == "valid":
            inside = (extent - self.span) // self.stride + 1
            return inside * (inside > 0)
        return -(-extent // self.stride)

    def before(self, extent: Any) -> Any:
        """Zeros in front of rows of `extent` steps, likewise."""
        if self.padding == "valid":
            return 0 * extent
        if self.padding == "causal":
            return 0 * extent + self.span - 1
        total = (self.count(extent) - 1) * self.stride + self.span - extent
        return total * (total > 0) // 2

    def output(self, layout: Layout, layer: str) -> Layout:
        """The layout of the windows over rows that lie as `layout` says, without mask.

        A window that reads no own step of its row, nor the zeros after it, belongs to the shared
        run of the output.

        Raises:
            ValueError: a row is shorter than a window without padding; `layer` is named.
        """
        output = layout.derived.get(self)
        if output is None:
            output = layout.derived[self] = self._output(layout, layer)
        return output

    def _output(self, layout: Layout, layer: str) -> Layout:
        extents = layout.width if layout.extents is None else layout.extents
        self._check_fits(layout, layer)
        starts = self._before_position(layout.starts, extents)
        offsets = np.zeros(layout.rows + 1, np.int64)
        np.cumsum(self.count(extents) - starts, out=offsets[1:])
        return Layout(
            offsets=offsets,
            starts=starts,
            width=int(self.count(layout.width)),
            order=layout.order,
            extents=None if layout.extents is None else self.count(layout.extents),
            shared=int(self._before_position(layout.shared, layout.width)),
        )

    def map(
        self,
        layout: Layout,
        output: Layout,
        index: np.ndarray | None = None,
        run_index: np.ndarray | None = None,
    ) -> np.ndarray:
        """Where each tap of the rows' own windows reads, `(output.steps, size)` int32.

        An entry is an own step, or `-1 - s` for step `s` of the shared run, or `_core.NOTHING` for
        zeros. With `index` and `run_index` (the tokens of the steps) it is a token.
        """
        extents = _extents(layout)
        entries = np.empty((output.steps, self.size), np.int32)
        _core.window_map(
            offsets=layout.offsets,
            starts=layout.starts,
            extents=extents,
            paddings=self.before(extents),
            out_offsets=output.offsets,
            out_starts=output.starts,
            stride=self.stride,
            dilation=self.dilation,
            index=index,
            run_index=run_index,
            map=entries,
        )
        return entries

    def run_map(
        self, layout: Layout, output: Layout, run_index: np.ndarray | None = None
    ) -> np.ndarray:
        """The same for the windows of the shared run, `(output.shared, size)`."""
        none, run = np.zeros(1, np.int64), np.full(1, layout.shared, np.int64)
        entries = np.empty((output.shared, self.size), np.int32)
        _core.window_map(
            offsets=np.zeros(2, np.int64),
            starts=run,
            extents=run,
            paddings=none + self.before(layout.width),
            out_offsets=np.array([0, output.shared], np.int64),
            out_starts=none,
            stride=self.stride,
            dilation=self.dilation,
            index=None,
            run_index=run_index,
            map=entries,
        )
        return entries

    def _before_position(self, position: Any, extent: Any) -> Any:
        """How many windows end before a position."""
        ended = (position + (self.before(extent) - self.span)) // self.stride + 1
        return np.minimum(np.maximum(ended, 0), self.count(extent))

    def checked_count(self, steps: int, layer: str) -> int:
        """How many windows rows of `steps` steps have; `ValueError` if they are too short."""
        if self.padding == "valid" and steps < self.span:
            raise ValueError(self._too_short(f"rows of {steps}", layer))
        return int(self.count(steps))

    def _check_fits(self, layout: Layout, layer: str) -> None:
        if layout.extents is None:
            self.checked_count(layout.width, layer)
        elif self.padding == "valid" and np.any(layout.extents < self.span):
            n = int(np.argmax(layout.extents < self.span))
            row = f"row {layout.order[n]} of {layout.extents[n]}"
            raise ValueError(self._too_short(row, layer))

    def _too_short(self, rows: str, layer: str) -> str:
        dilated = f" {self.dilation} apart" if self.dilation > 1 else ""
        return (
            f"layer {layer!r}: a window of {self.size} steps{dilated} needs rows of at least "
            f"{self.span} steps without padding, got {rows}"
        )


def _extents(layout: Layout) -> np.ndarray:
    """Where each row ends, `(N,)`."""
    if layout.extents is not None:
        return layout.extents
    return np.full(layout.rows, layout.width, np.int64)
