"""What a recurrent layer does with one batch: its head, and its slices one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sunhwan import _core
from sunhwan._engine.context import Context
from sunhwan._engine.layout import Layout
from sunhwan._engine.seeds import derive
from sunhwan._engine.sequences import Head, Sequences

from .cell_run import CellRun
from .input_projection import InputProjection
from .saved_gates import gates_of_run
from .shared_run import SharedRun

if TYPE_CHECKING:
    from .recurrent import Recurrent


class Slice(NamedTuple):
    """What a slice's backward needs."""

    layout: Layout
    run: CellRun
    values: Any  # (P, I), after dropout; None where tokens were projected
    index: Any  # (P,), of the tokens
    dropped: np.ndarray | None  # (N, I), the factors of the dropout, the same at all steps of a row
    silent: np.ndarray | None  # (N,) bool, rows whose output is zero whatever their state


class RecurrentBatch:
    """One batch of a recurrent layer.

    Args:
        layer: the layer.
        head: of the batch on the input edge.
        context: of the layer's node.
    """

    def __init__(self, layer: Recurrent, head: Head | None, context: Context) -> None:
        self._layer, self._context, self._head = layer, context, head
        self._cell = layer.native_cell()
        self._layout = context.layout
        self._drops = bool(context.training and layer.dropout)
        tokens = None if head is None or self._drops else head.tokens
        self._projection = InputProjection(layer.kernel, layer.bias, context, tokens)
        self._shared: SharedRun | None = None
        self._shared_values: np.ndarray | None = None
        if self._layout is not None and self._layout.shared:
            assert head is not None
            self._run_shared(head, self._layout.shared)
        if layer.stateful and self._layout is not None:
            layer.states_for(self._layout.rows)

    def _run_shared(self, head: Head, steps: int) -> None:
        x, index = self._projection.products, None
        if x is None:
            assert head.rows is not None
            values = self._shared_values = head.rows[:steps]
            x = self._projection.forward(values)
        else:
            assert head.row_index is not None
            index = head.row_index[:steps]
        self._shared = SharedRun(self._cell, self._context, steps, x, index)

    def output_head(self) -> Head | None:
        """The head of the sequences that come out."""
        if self._shared is not None:
            return Head(rows=self._shared.states[0][1:])
        if self._layout is not None and self._layout.masked:
            return Head(rows=self._context.zeros((1, self._layer.units)))
        return None

    def finish(self, dhead: Head | None) -> None:
        """Take the gradients of the shared row and of the tokens back, after all slices."""
        if self._shared is not None:
            dout = None if dhead is None else dhead.rows
            dx = self._weights(*self._shared.backward(dout, self._dkernel()))
            if self._shared.index is not None:
                self._projection.add(dx, self._shared.index)
            else:
                assert self._shared_values is not None
                drows = self._projection.backward(self._shared_values, dx)
                if drows is not None and self._context.dhead is not None:
                    _core.add_into(self._context.dhead.rows, drows)
        self._projection.finish()

    def forward(self, x: Sequences) -> np.ndarray:
        """The output of each own step `(P, H)`, or the last of each row `(N, H)`."""
        layer, context, layout = self._layer, self._context, x.layout
        values, index, products = x.values, x.index, self._projection.products
        dropped = None
        if products is None:
            if self._drops:
                values, dropped = self._dropped(x)
                index = None
            assert values is not None
            if values.shape[1] != len(layer.kernel.value):
                raise ValueError(
                    f"layer {layer.name!r} was built for {len(layer.kernel.value)} features a "
                    f"step, got {values.shape[1]}"
                )
            products = self._projection.within_loop(values, layout.rows, layer.units)
            if products is None:
                products = self._projection.forward(values)
        out = None
        if layer.return_sequences or context.observer is not None:
            out = context.empty((layout.steps, layer.units))
        run = CellRun(
            self._cell,
            context,
            layout.offsets,
            products,
            index,
            initial=self._initial(layout),
            mask=self._hidden_mask(layout.rows),
            reverse=layer.go_backwards,
            out=out,
        )
        if layer.stateful:
            for state, last in zip(layer.states or [], run.last, strict=True):
                state[context.rows] = last
        if layer.return_state:
            context.final_states = list(run.last)
        silent = None if layer.return_sequences else layer.silent_rows(layout)
        context.saved = Slice(layout, run, values, x.index, dropped, silent)
        if context.observer is not None:
            context.observer.states(layer, context, self._values(run))
        if layer.return_sequences:
            assert out is not None
            return out
        y = run.last[0]
        if silent is not None:
            y = np.where(silent[:, None], np.float32(0), y)
        return y

    def backward(self, dy: np.ndarray) -> np.ndarray | None:
        """From the gradient of what `forward` gave to that of the values, `None` of tokens."""
        layer, context = self._layer, self._context
        part: Slice = context.saved
        dlast: list[np.ndarray | None] = [*(context.dfinal_states or ()), None, None][:2]
        dout = dy if layer.return_sequences else None
        if dout is None:
            if part.silent is not None:
                dy = np.where(part.silent[:, None], np.float32(0), dy)
            if dlast[0] is not None:
                total = context.empty(dy.shape)
                _core.add(dlast[0], np.ascontiguousarray(dy), total)
                dy = total
            dlast[0] = dy
        dinitial = None
        if self._shared is not None or context.initial_states is not None:
            dinitial = [context.empty(state.shape) for state in part.run.last]
        totals = None
        if context.observer is not None:
            totals = [context.empty((part.layout.steps, layer.units)) for _ in part.run.last]
        dx = self._weights(
            *part.run.backward(dout, dlast, self._dkernel(), dinitial=dinitial, totals=totals)
        )
        if context.observer is not None and totals is not None:
            names = ("state", "cell")[: len(totals)]
            context.doutput = dout
            context.observer.state_gradients(layer, context, dict(zip(names, totals, strict=True)))
        if dinitial is not None and context.initial_states is not None:
            context.dinitial_states = dinitial
        elif dinitial is not None and self._shared is not None:
            self._shared.add(part.layout.starts, dinitial)
        if part.values is None:
            self._projection.add(dx, part.index)
            return None
        dvalues = self._projection.backward(part.values, dx)
        if dvalues is None or part.dropped is None:
            return dvalues
        return self._undropped(dvalues, part.layout, part.index, part.dropped)

    def _values(self, run: CellRun) -> dict[str, np.ndarray]:
        """What an observer is shown of a run: h, c and the gates, `(P, H)` each."""
        assert run.out is not None
        values = {"state": run.out}
        if run.saved[2] is not None:
            values["cell"] = run.saved[2]
        gates = gates_of_run(self._layer, run) if self._layer.gate_names else ()
        return values | {gate.name: gate.activations() for gate in gates}

    def _dkernel(self) -> np.ndarray | None:
        kernel = self._layer.recurrent_kernel
        return kernel.grad if kernel.trainable else None

    def _weights(self, dx: np.ndarray, dproduct: np.ndarray) -> np.ndarray:
        """Add the recurrent bias's gradient; returns `dx`."""
        bias = self._layer.bias
        if self._cell.bias is not None and bias is not None and bias.trainable:
            _core.column_sums(dproduct, bias.grad[1])
        return dx

    def _initial(self, layout: Layout) -> list[np.ndarray] | None:
        """The states that the slice's rows start from, `None` for zeros."""
        layer, context = self._layer, self._context
        if context.initial_states is not None:
            return layer.check_states(context.initial_states, layout.rows)
        if layer.stateful:
            rows = len(context.rows) if self._layout is None else self._layout.rows
            return [state[context.rows] for state in layer.states_for(rows)]
        return None if self._shared is None else self._shared.branches(layout.starts)

    def _hidden_mask(self, rows: int) -> np.ndarray | None:
        layer, context = self._layer, self._context
        if not context.training or not layer.recurrent_dropout:
            return None
        return self._random_factors(1, rows, layer.units, layer.recurrent_dropout)

    def _dropped(self, x: Sequences) -> tuple[np.ndarray, np.ndarray]:
        """The values after dropout `(P, I)`, and its factors `(N, I)`."""
        source = x.values
        if source is None:
            assert self._head is not None
            assert self._head.tokens is not None
            source = self._head.tokens
        rate, layout = self._layer.dropout, x.layout
        factors = self._random_factors(0, layout.rows, source.shape[1], rate)
        values = self._context.empty((layout.steps, source.shape[1]))
        _core.gather_scaled(source, x.index, factors, layout.offsets, values)
        return values, factors

    def _undropped(
        self, dvalues: np.ndarray, layout: Layout, index: Any, factors: np.ndarray
    ) -> np.ndarray | None:
        """The gradient before dropout from that after it; that of tokens goes to the head's."""
        if index is None:
            _core.gather_scaled(dvalues, None, factors, layout.offsets, dvalues)
            return dvalues
        if self._context.dhead is not None:
            dtokens = self._context.dhead.tokens
            _core.scatter_scaled(dvalues, index, factors, layout.offsets, dtokens)
        return None

    def _random_factors(self, number: int, rows: int, columns: int, rate: float) -> np.ndarray:
        context = self._context
        factors = context.empty((rows, columns))
        key = derive(context.random_key(self._layer.seed), number)
        _core.dropout_mask(factors, key, context.rows, None, rate)
        return factors
