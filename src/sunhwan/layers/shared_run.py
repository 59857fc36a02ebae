"""The run of padding that all rows of a batch begin with, as one row of a recurrent layer."""

from __future__ import annotations

import numpy as np

from sunhwan import _core
from sunhwan._engine.context import Context

from .cell_run import Cell, CellRun


class SharedRun:
    """The batch's shared row: its run, its states before and after each step, their gradients.

    Attributes:
        states: `(S + 1, H)` each; the first row is the zero state.
        dstates: what the rows that branch off owe to them.
    """

    def __init__(
        self, cell: Cell, context: Context, steps: int, x: np.ndarray, index: np.ndarray | None
    ) -> None:
        shape = steps + 1, len(cell.kernel)
        self.states = [context.zeros(shape) for _ in range(1 + cell.sizes.has_c)]
        self.dstates = [context.zeros(shape) for _ in self.states if context.differentiable]
        self.index = index
        self._run = CellRun(
            cell,
            context,
            np.array([0, steps], np.int64),
            x,
            index,
            out=self.states[0][1:],
            saved_c=self.states[1][1:] if cell.sizes.has_c else None,
        )

    def branches(self, starts: np.ndarray) -> list[np.ndarray]:
        """The states, `(N, H)` each, from which rows go on that start at `starts`."""
        return [state[starts] for state in self.states]

    def add(self, starts: np.ndarray, dinitial: list[np.ndarray]) -> None:
        """Add what such rows owe to the states that they started from."""
        for total, part in zip(self.dstates, dinitial, strict=True):
            _core.scatter_rows(part, starts.astype(np.int32), total, None)

    def backward(
        self, dout: np.ndarray | None, dkernel: np.ndarray | None
    ) -> tuple[np.ndarray, np.ndarray]:
        """As `CellRun.backward`; `dout (S, H)` is what readers of the outputs owe besides."""
        dh = self.dstates[0][1:]
        if dout is not None:
            _core.add_into(dh, dout)
        dc = self.dstates[1][1:] if len(self.dstates) > 1 else None
        return self._run.backward(dh, [None, None], dkernel, dc=dc)
