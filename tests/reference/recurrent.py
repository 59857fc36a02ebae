"""The loop over time around a recurrent cell, and SimpleRNN, LSTM and GRU as functions of arrays.

Letters: T steps, N rows, I inputs, H units, G gates. All arrays are float64.

`x` is (N, T, I) and `mask` (N, T), True where a step exists. At a step that does not exist the
states stay as they are and the output repeats the previous output (zeros before the first own
step), or is zero with `zero_output_for_mask`. Such a step's input is never read: it may hold NaN.

With `go_backwards` the last step comes first, and the outputs stand in the order in which they were
computed: `outputs[:, 0]` belongs to `x[:, T-1]`, as in Keras.

`input_dropout` (N, I) multiplies the inputs and `recurrent_dropout` (N, H) the previous output
where it enters the product with `recurrent_kernel`, the same at all steps; (G, N, I) and (G, N, H)
give each gate its own.
"""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from .activations import Array
from .gates import dropout_per_gate


class Weights(NamedTuple):
    kernel: Array  # (I, G*H)
    recurrent_kernel: Array  # (H, G*H)
    bias: Array | None  # (G*H,), or (2, G*H) for GRU with reset_after: of the inputs, of the state


class Dropout(NamedTuple):
    inputs: Array  # (G, N, I)
    state: Array  # (G, N, H)

    def of_rows(self, rows: NDArray[np.intp]) -> Dropout:
        return Dropout(self.inputs[:, rows], self.state[:, rows])


class Cell(Protocol):
    """One step of some rows. The first state is the output."""

    @property
    def gates(self) -> int: ...

    @property
    def state_count(self) -> int: ...

    def step(
        self, x: Array, states: list[Array], weights: Weights, dropout: Dropout
    ) -> tuple[list[Array], Any]:
        """The new states, and what `step_backward` needs of this step."""
        ...

    def step_backward(
        self, d_states: list[Array], saved: Any, weights: Weights, dropout: Dropout
    ) -> tuple[Array, list[Array], Weights]:
        """The gradients of x, of the states before the step, and of the weights in this step."""
        ...


class Outputs(NamedTuple):
    sequence: Array  # (N, T, H), in the order of computation
    last: Array  # (N, H), the last of the sequence
    states: list[Array]  # (N, H) each: h for SimpleRNN and GRU; h, c for LSTM


class Cache(NamedTuple):
    cell: Cell
    x_shape: tuple[int, int, int]
    weights: Weights
    dropout: Dropout
    mask: NDArray[np.bool_]
    steps: list[int]  # the steps in the order of computation
    saved: list[Any]  # what the cell saved at each
    zero_output_for_mask: bool


class Gradients(NamedTuple):
    dx: Array  # (N, T, I), zero at the steps that do not exist
    dkernel: Array
    drecurrent_kernel: Array
    dbias: Array | None
    dinitial_states: list[Array]
    dstates: list[Array]  # (N, T, H) each, of the states after each step, zero where none exists


def recurrent_forward(
    cell: Cell,
    x: Array,
    kernel: Array,
    recurrent_kernel: Array,
    bias: Array | None,
    *,
    mask: NDArray[np.bool_] | None = None,
    initial_states: list[Array] | None = None,
    go_backwards: bool = False,
    input_dropout: Array | None = None,
    recurrent_dropout: Array | None = None,
    zero_output_for_mask: bool = False,
) -> tuple[Outputs, Cache]:
    """Run `cell` over the steps of `x`."""
    row_count, step_count, input_count = x.shape
    units = recurrent_kernel.shape[0]
    weights = Weights(kernel, recurrent_kernel, bias)
    dropout = Dropout(
        dropout_per_gate(input_dropout, cell.gates, row_count, input_count),
        dropout_per_gate(recurrent_dropout, cell.gates, row_count, units),
    )
    if mask is None:
        mask = np.ones((row_count, step_count), dtype=bool)
    if initial_states is None:
        initial_states = [np.zeros((row_count, units)) for _ in range(cell.state_count)]
    states = [state.copy() for state in initial_states]
    steps = list(range(step_count))
    if go_backwards:
        steps.reverse()

    sequence = np.zeros((row_count, step_count, units))
    output = np.zeros((row_count, units))
    saved = []
    for position, t in enumerate(steps):
        rows = np.flatnonzero(mask[:, t])
        new_states, saved_step = cell.step(
            x[rows, t], [state[rows] for state in states], weights, dropout.of_rows(rows)
        )
        saved.append(saved_step)
        for state, new_state in zip(states, new_states, strict=True):
            state[rows] = new_state
        if zero_output_for_mask:
            output = np.zeros_like(output)
        output[rows] = new_states[0]
        sequence[:, position] = output

    cache = Cache(cell, x.shape, weights, dropout, mask, steps, saved, zero_output_for_mask)
    return Outputs(sequence, output, states), cache


def recurrent_backward(
    cache: Cache,
    d_sequence: Array | None = None,
    d_last: Array | None = None,
    d_states: list[Array] | None = None,
) -> Gradients:
    """Carry the gradients of any of the outputs back through time; what is None has no gradient."""
    cell, weights = cache.cell, cache.weights
    row_count, step_count, _ = cache.x_shape
    units = weights.recurrent_kernel.shape[0]
    dx = np.zeros(cache.x_shape)
    d_weights = Weights(
        np.zeros_like(weights.kernel),
        np.zeros_like(weights.recurrent_kernel),
        None if weights.bias is None else np.zeros_like(weights.bias),
    )
    # Gradients of the states and of the output as they stand after the step at hand.
    if d_states is None:
        d_states = [np.zeros((row_count, units)) for _ in range(cell.state_count)]
    d_states = [d_state.copy() for d_state in d_states]
    d_output = np.zeros((row_count, units)) if d_last is None else d_last.copy()
    d_steps = [np.zeros((row_count, step_count, units)) for _ in d_states]

    for position in reversed(range(step_count)):
        t = cache.steps[position]
        rows = np.flatnonzero(cache.mask[:, t])
        if d_sequence is not None:
            d_output += d_sequence[:, position]
        d_new_states = [d_state[rows] for d_state in d_states]
        d_new_states[0] += d_output[rows]
        for d_step, d_new_state in zip(d_steps, d_new_states, strict=True):
            d_step[rows, t] = d_new_state
        dx_step, d_old_states, d_weights_step = cell.step_backward(
            d_new_states, cache.saved[position], weights, cache.dropout.of_rows(rows)
        )
        dx[rows, t] = dx_step
        for d_state, d_old_state in zip(d_states, d_old_states, strict=True):
            d_state[rows] = d_old_state
        for total, part in zip(d_weights, d_weights_step, strict=True):
            if total is not None and part is not None:
                np.add(total, part, out=total)
        # A row with a step made its output here; a row without one repeated the output before.
        d_output[rows] = 0.0
        if cache.zero_output_for_mask:
            d_output[:] = 0.0

    return Gradients(
        dx, d_weights.kernel, d_weights.recurrent_kernel, d_weights.bias, d_states, d_steps
    )
