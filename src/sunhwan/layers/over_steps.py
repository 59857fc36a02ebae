"""The base of layers that run over the steps of each row: outputs, states and masks."""

from __future__ import annotations

import copy
from abc import abstractmethod
from typing import Any, ClassVar

import numpy as np

from sunhwan import _core
from sunhwan._engine.arguments import check_flag
from sunhwan._engine.context import Context
from sunhwan._engine.form import ARRAY, Form
from sunhwan._engine.layout import Layout
from sunhwan._engine.mirror import mirror_index, mirrored
from sunhwan._engine.sequences import Sequences

from .checks import check_steps
from .layer import Layer, Shape


class OverSteps(Layer):
    """What `SimpleRNN`, `LSTM`, `GRU` and `RNN` have in common, whatever their cells are.

    A concrete class has the arguments `return_sequences`, `return_state`, `go_backwards`,
    `stateful` and `zero_output_for_mask` as attributes, and `states`, `None` at first.
    """

    takes = "sequences"
    gate_names: ClassVar[tuple[str, ...]] = ()  # in the order of the weights
    return_sequences: bool
    return_state: bool
    go_backwards: bool
    stateful: bool
    zero_output_for_mask: bool
    states: list[np.ndarray] | None

    def run_as(
        self,
        return_sequences: bool,
        return_state: bool,
        go_backwards: bool,
        stateful: bool,
        zero_output_for_mask: bool,
    ) -> None:
        """Keep how the layer runs; `ValueError` where one is neither true nor false."""
        self.return_sequences = check_flag("return_sequences", return_sequences)
        self.return_state = check_flag("return_state", return_state)
        self.go_backwards = check_flag("go_backwards", go_backwards)
        self.stateful = check_flag("stateful", stateful)
        self.zero_output_for_mask = check_flag("zero_output_for_mask", zero_output_for_mask)

    @property
    @abstractmethod
    def state_sizes(self) -> list[int]:
        """Numbers of each state of a row."""

    @property
    @abstractmethod
    def output_size(self) -> int:
        """Numbers of an output."""

    @abstractmethod
    def forward_aligned(self, x: Sequences, context: Context) -> np.ndarray:
        """The output of each own step `(P, H)` at its place, or the last of each row `(N, H)`."""

    @abstractmethod
    def backward_aligned(self, dy: np.ndarray, context: Context) -> np.ndarray | None:
        """From the gradient of what `forward_aligned` gave to that of the values."""

    def forward(self, x: Sequences, context: Context) -> Any:
        y = self.forward_aligned(x, context)
        if not self.return_sequences:
            return y
        if self.go_backwards:
            y = _gather(y, mirror_index(x.layout), context)
        return Sequences(self.output_layout(x.layout), y)

    def backward(self, dy: np.ndarray, context: Context) -> np.ndarray | None:
        if self.return_sequences and self.go_backwards:
            assert context.layout is not None
            dy = _gather(dy, mirror_index(context.layout), context)
        return self.backward_aligned(dy, context)

    def compute_output_shape(self, input_shape: Shape) -> Any:
        check_steps(self, input_shape)
        rows = input_shape[0]
        steps = input_shape[1:2] if self.return_sequences else ()
        output = (rows, *steps, self.output_size)
        if not self.return_state:
            return output
        return (output, *[(rows, size) for size in self.state_sizes])

    def twin(self, **changes: Any) -> Any:
        """A layer of the same variables, some of whose arguments are others."""
        twin = copy.copy(self)
        for name, value in changes.items():
            setattr(twin, name, value)
        return twin

    def copied(self, **changes: Any) -> Any:
        """A layer of the same arguments, but for some, and no weights yet."""
        return type(self).from_config({**self.get_config(), **changes})

    # Masks and kinds of edges.

    def give_zeros(self, masked: bool) -> None:
        """Set `zero_output_for_mask`."""
        self.zero_output_for_mask = masked

    @property
    def supports_masking(self) -> bool:
        return True

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        mask = previous_mask if self.return_sequences else None
        if mask is not None and self.go_backwards:
            mask = np.asarray(mask)[:, ::-1]
        return [mask, *[None] * len(self.state_sizes)] if self.return_state else mask

    def output_form(self, form: Form) -> Form:
        return form._replace(tokens=False) if self.return_sequences else ARRAY

    @property
    def keeps_steps(self) -> bool:
        return not self.go_backwards

    def output_layout(self, layout: Layout) -> Layout:
        layout = self.aligned_layout(layout)
        return mirrored(layout) if self.go_backwards else layout

    def aligned_layout(self, layout: Layout) -> Layout:
        """Where the outputs stand, each at its own step's position."""
        if not layout.masked:
            return layout
        return layout.with_absent("constant" if self.zero_output_for_mask else "previous")

    def silent_rows(self, layout: Layout) -> np.ndarray | None:
        """Rows whose last output is not their last state, `(N,)` bool; `None` if there are none."""
        if not layout.masked and not layout.ragged:
            return None
        silent = layout.lengths == 0
        if layout.masked and self.zero_output_for_mask:
            own = ~silent
            if self.go_backwards:
                ended = layout.times[layout.offsets[:-1][own]] == 0
            else:
                ended = layout.times[layout.offsets[1:][own] - 1] == layout.filled.lengths[own] - 1
            silent[own] = ~ended
        return silent if silent.any() else None

    # States between batches.

    def states_for(self, rows: int) -> list[np.ndarray]:
        """The states of a batch of `rows` rows, zeros at first."""
        if self.states is None:
            self.states = [np.zeros((rows, size), np.float32) for size in self.state_sizes]
        if len(self.states[0]) != rows:
            raise ValueError(
                f"layer {self.name!r} is stateful and holds the states of {len(self.states[0])} "
                f"rows, got a batch of {rows}: call reset_states() before, or give batches of one "
                "size"
            )
        return self.states

    def reset_states(self) -> None:
        """Forget the states of the batch before."""
        self.states = None

    reset_state = reset_states

    def check_states(self, states: list[np.ndarray], rows: int) -> list[np.ndarray]:
        """The initial states that were given; `ValueError` if their shapes do not fit."""
        shapes = [(rows, size) for size in self.state_sizes]
        given = [state.shape for state in states]
        if given != shapes:
            raise ValueError(
                f"initial_state of layer {self.name!r} must have shapes {shapes}, got {given}"
            )
        return states


def _gather(values: np.ndarray, index: np.ndarray, context: Context) -> np.ndarray:
    gathered = context.empty(values.shape)
    _core.gather_rows(np.ascontiguousarray(values), None, index, gathered)
    return gathered
