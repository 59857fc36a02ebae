"""A cell written in NumPy, run over the steps of the rows: the one loop over time in Python."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sunhwan._engine.context import Context
from sunhwan._engine.layout import Layout
from sunhwan._engine.sequences import Head, Sequences

from .cell import Cell
from .checks import check_steps
from .layer import Shape
from .over_steps import OverSteps


class _Step(NamedTuple):
    rows: np.ndarray  # (n,), those that have a step left
    places: np.ndarray  # (n,), their packed steps
    saved: Any  # the cell's


class _Slice(NamedTuple):
    layout: Layout
    steps: list[_Step]
    shape: tuple[int, ...]  # of the values
    silent: np.ndarray | None  # (N,) bool, rows whose output is zero whatever their state
    gives_state: bool  # whether an observer may be shown gradients: each output is the first state


class CellLoop(OverSteps):
    """Runs a cell over the own steps of each row.

    Args:
        cell: the cell.
        how: `return_sequences`, `return_state`, `go_backwards`, `stateful` and
            `zero_output_for_mask`, as in `RNN`.
    """

    def __init__(self, cell: Cell, **how: bool) -> None:
        super().__init__(name=cell.name)
        self.cell = cell
        self.run_as(**how)
        self.states = None

    @property
    def children(self) -> list[Any]:
        return [self.cell]

    @property
    def state_sizes(self) -> list[int]:
        return self.cell.state_sizes

    @property
    def output_size(self) -> int:
        return self.cell.output_size

    @property
    def saved_floats(self) -> int:
        return 8 * (self.output_size + sum(self.state_sizes))

    def build(self, input_shape: Shape) -> None:
        self.cell.ensure_built((input_shape[0], check_steps(self, input_shape)))

    def keeps(self, training: bool) -> frozenset[str]:
        return frozenset({"mask"})

    def forward_head(self, head: Head | None, context: Context) -> Head | None:
        layout = context.layout
        if self.stateful and layout is not None:
            self.states_for(layout.rows)
        if layout is None or not layout.masked or not self.return_sequences:
            return None
        return Head(rows=context.zeros((1, self.output_size)))

    def forward_aligned(self, x: Sequences, context: Context) -> np.ndarray:
        layout, values = x.layout, x.values
        states = self._first_states(layout, context)
        outputs = context.empty((layout.steps, self.output_size))
        last = context.zeros((layout.rows, self.output_size))
        seen = self._of_steps(layout, context)
        steps = []
        for rows, places in self._steps(layout):
            given = self.cell.step(
                values[places], [state[rows] for state in states], context.training
            )
            output, after, saved = self.cell.parts("step", given)
            self._check(output, after, len(rows))
            outputs[places] = last[rows] = output
            for state, new in zip(states, after, strict=True):
                state[rows] = new
            for kept, state in zip(seen, after, strict=False):
                kept[places] = state
            steps.append(_Step(rows, places, saved if context.differentiable else None))
        if self.stateful:
            for kept, state in zip(self.states or [], states, strict=True):
                kept[context.rows] = state
        if self.return_state:
            context.final_states = states
        silent = None if self.return_sequences else self.silent_rows(layout)
        gives_state = bool(seen) and np.array_equal(outputs, seen[0])
        context.saved = _Slice(layout, steps, values.shape, silent, gives_state)
        if context.observer is not None:
            context.observer.states(self, context, self._named(seen))
        if self.return_sequences:
            return outputs
        if silent is not None:
            last[silent] = 0
        return last

    def backward_aligned(self, dy: np.ndarray, context: Context) -> np.ndarray:
        part: _Slice = context.saved
        layout = part.layout
        if part.silent is not None:
            dy = np.where(part.silent[:, None], np.float32(0), dy)
        dx = context.empty(part.shape)
        dstates = self._last_dstates(layout.rows, context)
        totals = self._of_steps(layout, context) if part.gives_state else []
        for number in range(len(part.steps) - 1, -1, -1):
            rows, places, saved = part.steps[number]
            if self.return_sequences:
                doutput = dy[places]
            else:
                ended = layout.lengths[rows] == number + 1
                doutput = np.where(ended[:, None], dy[rows], np.float32(0))
            for total, dstate in zip(totals, dstates, strict=False):
                total[places] = dstate[rows]
            if totals:
                totals[0][places] += doutput
            given = self.cell.step_back(doutput, [each[rows] for each in dstates], saved)
            dinputs, before = self.cell.parts("step_back", given)
            if np.shape(dinputs) != (len(rows), *part.shape[1:]):
                raise ValueError(
                    f"step_back of cell {self.cell.name!r} must give the gradient of its inputs, "
                    f"of shape {(len(rows), *part.shape[1:])}, got {np.shape(dinputs)}"
                )
            self._check_states("step_back", "gradients of states", before, len(rows))
            dx[places] = dinputs
            for dstate, new in zip(dstates, before, strict=True):
                dstate[rows] = new
        if context.initial_states is not None:
            context.dinitial_states = dstates
        context.doutput = dy if self.return_sequences else None
        if context.observer is not None and totals:
            context.observer.state_gradients(self, context, self._named(totals))
        return dx

    def _of_steps(self, layout: Layout, context: Context) -> list[np.ndarray]:
        """An array `(P, size)` for each state, where an observer is to be shown it."""
        if context.observer is None:
            return []
        return [context.empty((layout.steps, size)) for size in self.state_sizes]

    def _named(self, states: list[np.ndarray]) -> dict[str, np.ndarray]:
        """States as an observer is shown them: `"state"`, `"state 2"` and so on."""
        names = ["state", *[f"state {number + 2}" for number in range(len(states) - 1)]]
        return dict(zip(names, states, strict=True))

    def _steps(self, layout: Layout) -> Any:
        """The rows that have a first, second, ... own step, and where that is."""
        lengths, firsts, ends = layout.lengths, layout.offsets[:-1], layout.offsets[1:]
        for number in range(int(lengths.max(initial=0))):
            rows = np.flatnonzero(lengths > number)
            yield rows, ends[rows] - 1 - number if self.go_backwards else firsts[rows] + number

    def _first_states(self, layout: Layout, context: Context) -> list[np.ndarray]:
        if context.initial_states is not None:
            given = self.check_states(context.initial_states, layout.rows)
            return [np.array(state) for state in given]
        if self.stateful:
            held = self.states_for(context.batch_rows)
            return [state[context.rows] for state in held]
        return [np.zeros((layout.rows, size), np.float32) for size in self.state_sizes]

    def _last_dstates(self, rows: int, context: Context) -> list[np.ndarray]:
        given = context.dfinal_states or [None] * len(self.state_sizes)
        return [
            np.zeros((rows, size), np.float32) if each is None else np.array(each)
            for each, size in zip(given, self.state_sizes, strict=True)
        ]

    def _check(self, output: Any, states: Any, rows: int) -> None:
        if np.shape(output) != (rows, self.output_size):
            raise ValueError(
                f"step of cell {self.cell.name!r} must give outputs of shape "
                f"{(rows, self.output_size)}, got {np.shape(output)}"
            )
        self._check_states("step", "states", states, rows)

    def _check_states(self, method: str, what: str, states: Any, rows: int) -> None:
        expected = [(rows, size) for size in self.state_sizes]
        given = [np.shape(state) for state in states] if isinstance(states, (list, tuple)) else None
        if given != expected:
            raise ValueError(
                f"{method} of cell {self.cell.name!r} must give a list of {what} of shapes "
                f"{expected}, got {type(states).__name__ if given is None else given}"
            )
