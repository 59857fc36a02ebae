"""Packed batches of every kind, beside the dense rows that they stand for."""

from __future__ import annotations

import numpy as np

from sunhwan._engine.arena import Arena
from sunhwan._engine.batch import form_of, take_rows
from sunhwan._engine.layout import Layout
from sunhwan._engine.path import Path
from sunhwan._engine.sequences import Head, Sequences


class Packed:
    """A batch and its rows in full, float64, in the batch's order.

    `rows[n]` is `(T_n, features)`; its steps before `starts[n]` are the shared run's. With `tokens`
    the steps are rows of a table of that many.
    """

    def __init__(self, rng, lengths, starts=None, features=3, tokens=0, ragged=False):
        lengths = np.asarray(lengths)
        self.starts = np.zeros_like(lengths) if starts is None else np.asarray(starts)
        own = lengths - self.starts
        assert np.all(np.diff(own) <= 0), "rows go from the longest to the shortest"
        shared = int(self.starts.max(initial=0))
        self.layout = Layout(
            offsets=np.concatenate([np.zeros(1, np.int64), np.cumsum(own)]),
            starts=self.starts.astype(np.int64),
            width=int(lengths.max()),
            order=rng.permutation(len(lengths)),
            extents=lengths.astype(np.int64) if ragged else None,
            shared=shared,
        )
        steps = int(own.sum())
        if tokens:
            table = rng.standard_normal((tokens, features)).astype(np.float32)
            index = rng.integers(0, tokens, steps).astype(np.int32)
            run_index = np.full(shared, rng.integers(0, tokens), np.int32)
            self.batch = Sequences(self.layout, index=index, head=Head(table, row_index=run_index))
            values, run = table[index], table[run_index]
        else:
            values = rng.standard_normal((steps, features)).astype(np.float32)
            run = rng.standard_normal((shared, features)).astype(np.float32)
            head = Head(rows=run) if shared else None
            self.batch = Sequences(self.layout, values, head=head)
        self.values = values
        self.rows = [
            np.concatenate([run[:start], values[first:last]]).astype(float)
            for start, first, last in zip(
                self.starts, self.layout.offsets, self.layout.offsets[1:], strict=False
            )
        ]

    def dense(self):
        """The same rows as a batch that owns every step, without tokens."""
        lengths = np.array([len(row) for row in self.rows])
        layout = Layout(
            offsets=np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)]),
            starts=np.zeros(len(lengths), np.int64),
            width=self.layout.width,
            order=self.layout.order,
            extents=self.layout.extents,
        )
        return Sequences(layout, np.concatenate(self.rows).astype(np.float32))

    def collected(self, drows):
        """The gradients of rows as the batch gives them: of own steps, and of the head."""
        own = np.concatenate([d[start:] for d, start in zip(drows, self.starts, strict=True)])
        head = self.batch.head
        run = np.zeros((self.layout.shared, drows[0].shape[1]))
        for d, start in zip(drows, self.starts, strict=True):
            run[:start] += d[:start]
        if head is None or head.tokens is None:
            return own, run
        dtokens = np.zeros(head.tokens.shape)
        np.add.at(dtokens, self.batch.index, own)
        np.add.at(dtokens, head.row_index, run)
        return None, dtokens


class Run:
    """One step of a path: outputs and every gradient, for the gradients `dys` of the rows.

    `outputs[n]` is row `n`'s output; `dvalues` and `dhead` are those of `Packed.collected`, and
    `gradients` those of the layers' variables. `cuts` are the first rows of further slices.
    """

    def __init__(self, layers, batch, dys=None, cuts=()):
        path = Path(
            layers, form_of(batch), Arena(), training=dys is not None, wants_dx=dys is not None
        )
        variables = [variable for layer in layers for variable in layer.variables]
        for variable in variables:
            variable.grad[...] = 0
        path.begin(batch)
        self.outputs, dvalues = [], []
        for first, last in zip([0, *cuts], [*cuts, batch.layout.rows], strict=True):
            y = path.forward(take_rows(batch, first, last), batch.layout.order[first:last])
            self.outputs += [row.copy() for row in rows_of_output(y)]
            if dys is not None:
                join = np.concatenate if isinstance(y, Sequences) else np.stack
                dx = path.backward(join(dys[first:last]).astype(np.float32))
                dvalues += [] if dx is None else [dx.copy()]
        if dys is not None:
            dhead = path.end()
            self.dvalues = np.concatenate(dvalues) if dvalues else None
            self.dhead = None
            if dhead is not None:
                self.dhead = dhead.rows if dhead.tokens is None else dhead.tokens
            self.gradients = [variable.grad.copy() for variable in variables]


def rows_of_output(y):
    """The rows of a dense array, or of ragged sequences."""
    if not isinstance(y, Sequences):
        return list(y)
    return np.split(y.values, y.layout.offsets[1:-1])
