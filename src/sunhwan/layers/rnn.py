"""RNN: any cell, or several on one another, run over the steps of each row."""

from __future__ import annotations

from typing import Any, final

import numpy as np

from sunhwan._engine.arguments import check_flag
from sunhwan._engine.context import Context
from sunhwan._engine.custom_objects import custom_object_scope
from sunhwan._engine.sequences import Head, Sequences

from .cell_base import CellBase
from .layer import Shape
from .over_steps import OverSteps
from .registry import LAYERS, deserialize, serialize
from .stacked_rnn_cells import StackedRNNCells


@final
@LAYERS.register()
class RNN(OverSteps):
    """Runs a cell over the steps of each row.

    `RNN(LSTMCell(n))` is `LSTM(n)`, as fast. Cells that are stacked run one after the other over
    all steps, which gives the same numbers. A cell written in NumPy runs step by step in Python.

    Args:
        cell: a cell, or a list of cells, which are then stacked.
        return_sequences: whether the output is that of every step, or of the last alone.
        return_state: whether a call returns `[output, *states]`, the states of the first cell
            first.
        go_backwards: whether rows go from their last step to their first.
        stateful: whether row `i` of a batch goes on from the states where row `i` of the batch
            before ended, until `reset_states()`.
        unroll: accepted for Keras's sake, without effect.
        zero_output_for_mask: whether masked steps give zeros rather than repeat the output before.
        kwargs: arguments of `Layer`, `name` among them.

    Raises:
        ValueError: `cell` is no cell, or belongs to another `RNN`.

    >>> import numpy as np
    >>> from sunhwan.layers import GRUCell, LSTMCell
    >>> output, h, c, state = RNN([LSTMCell(4), GRUCell(3)], return_state=True)(np.ones((2, 5, 1)))
    >>> output.shape, c.shape, state.shape
    ((2, 3), (2, 4), (2, 3))
    """

    def __init__(
        self,
        cell: Any,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        zero_output_for_mask: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if isinstance(cell, (list, tuple)):
            cell = StackedRNNCells(cell)
        if not isinstance(cell, CellBase):
            raise ValueError(
                f"cell must be a cell such as LSTMCell(32), or a list of cells, got {cell!r}"
            )
        self.cell = cell
        self.run_as(return_sequences, return_state, go_backwards, stateful, zero_output_for_mask)
        self.unroll = check_flag("unroll", unroll)
        cells: list[Any] = cell.cells if isinstance(cell, StackedRNNCells) else [cell]
        for each in cells:
            if each.owner is not None:
                raise ValueError(f"cell {each.name!r} belongs to another RNN: make one for each")
            each.owner = self.name
        last = len(cells) - 1
        self._runs = [
            each.over_steps(
                **self._how(number, last), zero_output_for_mask=self.zero_output_for_mask
            )
            for number, each in enumerate(cells)
        ]

    def _how(self, number: int, last: int) -> dict[str, bool]:
        """How one of the runs goes over the steps."""
        return {
            "return_sequences": self.return_sequences or number < last,
            "return_state": self.return_state,
            "go_backwards": self.go_backwards,
            "stateful": self.stateful,
        }

    @property
    def children(self) -> list[Any]:
        return list(self._runs)

    @property
    def state_sizes(self) -> list[int]:
        return self.cell.state_sizes

    @property
    def output_size(self) -> int:
        return self.cell.output_size

    def build(self, input_shape: Shape) -> None:
        shape = input_shape
        for run in self._runs:
            run.ensure_built(shape)
            for variable in run.variables:
                variable.path = f"{self.name}/{variable.path}"
            shape = (*input_shape[:2], run.output_size)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "cell": serialize(self.cell)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> RNN:
        return cls(**{**config, "cell": deserialize(config["cell"])})

    def copied(self, **changes: Any) -> RNN:
        # A cell of the user's need not be registered for this.
        cells = self.cell.cells if isinstance(self.cell, StackedRNNCells) else [self.cell]
        with custom_object_scope({type(cell).__name__: type(cell) for cell in cells}):
            return super().copied(**changes)

    def twin(self, **changes: Any) -> RNN:
        twin = super().twin(**changes)
        last = len(self._runs) - 1
        runs = enumerate(self._runs)
        twin._runs = [run.twin(**twin._how(number, last)) for number, run in runs]
        return twin

    def give_zeros(self, masked: bool) -> None:
        super().give_zeros(masked)
        for run in self._runs:
            run.give_zeros(masked)

    # The runs, one after the other, as a path of layers would take them.

    @property
    def saved_floats(self) -> int:
        return sum(run.saved_floats for run in self._runs)

    @property
    def least_rows(self) -> int:
        return max(run.least_rows for run in self._runs)

    def keeps(self, training: bool) -> frozenset[str]:
        return frozenset.intersection(*(run.keeps(training) for run in self._runs))

    def replays(self, training: bool) -> bool:
        return all(run.replays(training) for run in self._runs)

    def forward_head(self, head: Head | None, context: Context) -> Head | None:
        context.head_saved = [context.child(number) for number in range(len(self._runs))]
        layout = context.layout
        for number, (run, own) in enumerate(zip(self._runs, context.head_saved, strict=True)):
            own.layout, own.batch_rows = layout, context.batch_rows
            own.wants_dx = context.wants_dx or (context.differentiable and number > 0)
            own.head, own.dhead = head, context.dhead
            if number and head is not None:
                own.dhead = head.zeros_like(context.zeros)
            head = run.forward_head(head, own)
            layout = None if layout is None else run.aligned_layout(layout)
        return head

    def backward_head(self, dhead: Head | None, context: Context) -> None:
        for run, own in zip(reversed(self._runs), reversed(context.head_saved), strict=True):
            run.backward_head(dhead, own)
            dhead = own.dhead

    def forward_aligned(self, x: Sequences, context: Context) -> np.ndarray:
        final: list[np.ndarray] = []
        if context.initial_states is not None:
            self.check_states(context.initial_states, x.layout.rows)
        y = np.zeros(0, np.float32)
        for run, own, part in zip(self._runs, context.head_saved, self._parts(), strict=True):
            own.rows, own.layout, x.head = context.rows, x.layout, own.head
            states = context.initial_states
            own.initial_states = None if states is None else states[part]
            y = run.forward_aligned(x, own)
            x = Sequences(run.aligned_layout(x.layout), y)
            final += own.final_states
        context.final_states = final
        return y

    def backward_aligned(self, dy: Any, context: Context) -> Any:
        dinitial: list[np.ndarray] = []
        given = context.dfinal_states
        parts = list(zip(self._runs, context.head_saved, self._parts(), strict=True))
        for run, own, part in reversed(parts):
            own.dfinal_states = None if given is None else given[part]
            dy = run.backward_aligned(dy, own)
            dinitial = [*own.dinitial_states, *dinitial]
        context.dinitial_states = dinitial
        return dy

    def _parts(self) -> list[slice]:
        """Which of the states are each run's."""
        ends = np.cumsum([len(run.state_sizes) for run in self._runs]).tolist()
        return [slice(first, end) for first, end in zip([0, *ends], ends, strict=False)]

    # States between batches.

    @property
    def states(self) -> list[np.ndarray] | None:
        """The states kept between batches, of all cells; `None` without."""
        kept = [run.states for run in self._runs]
        return None if None in kept else [state for states in kept for state in states or ()]

    def reset_states(self) -> None:
        """Forget the states of the batch before."""
        for run in self._runs:
            run.reset_states()

    reset_state = reset_states
