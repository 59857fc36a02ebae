"""Adapters: layers without parameters that bring sequences into the form the next layer takes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from sunhwan import _core
from sunhwan._engine.context import Context
from sunhwan._engine.form import Form
from sunhwan._engine.layout import Layout
from sunhwan._engine.sequences import Head, Sequences
from sunhwan._engine.windows import Windows
from sunhwan.layers.layer import Layer


def matrix(values: Any) -> Any:
    """The values as rows of one axis each."""
    return None if values is None else values.reshape(len(values), math.prod(values.shape[1:]))


class Adapter(Layer):
    """Has no name of its own; stands in front of a layer."""

    def __init__(self) -> None:
        super().__init__(name=type(self).__name__.lower())


class Gather(Adapter):
    """Tokens to values: each step gets a copy of its token's row."""

    takes = "sequences"

    @property
    def keeps_steps(self) -> bool:
        return True

    def output_form(self, form: Form) -> Form:
        return form._replace(tokens=False)

    def replays(self, training: bool) -> bool:
        return not training

    def forward_head(self, head: Head | None, context: Context) -> Head | None:
        context.head_saved = head
        assert head is not None
        assert head.tokens is not None
        assert head.row_index is not None
        if not len(head.row_index):
            return None
        return Head(rows=head.tokens[head.row_index])

    def forward(self, x: Sequences, context: Context) -> Sequences:
        tokens = context.head_saved.tokens
        context.saved = x.index
        values = context.empty((x.layout.steps, *tokens.shape[1:]))
        _core.gather_rows(matrix(tokens), None, x.index, matrix(values))
        return Sequences(x.layout, values)

    def backward(self, dy: np.ndarray, context: Context) -> None:
        if context.dhead is not None:
            _core.scatter_rows(matrix(dy), context.saved, matrix(context.dhead.tokens), None)

    def backward_head(self, dhead: Head | None, context: Context) -> None:
        if dhead is not None and context.dhead is not None:
            index = context.head_saved.row_index
            _core.scatter_rows(matrix(dhead.rows), index, matrix(context.dhead.tokens), None)


class Fill(Adapter):
    """A shared run or a mask to dense rows: every position becomes a step of its own."""

    takes = "sequences"

    def keeps(self, training: bool) -> frozenset[str]:
        return frozenset({"tokens", "shared", "mask"})

    def output_form(self, form: Form) -> Form:
        return form._replace(shared=False, masked=False)

    def output_layout(self, layout: Layout) -> Layout:
        return layout.filled

    def forward_head(self, head: Head | None, context: Context) -> Head | None:
        context.head_saved = None
        if head is None or head.tokens is None:
            return None
        output = Head(tokens=head.tokens, row_index=np.zeros(0, np.int32))
        context.head_saved = output
        return output

    def forward(self, x: Sequences, context: Context) -> Sequences:
        layout = x.layout
        if x.values is None:
            return Sequences(layout.filled, None, self._token_index(x))
        source = _filling(layout)
        context.saved = source, layout.steps
        values = context.empty((layout.filled.steps, *x.values.shape[1:]))
        head = None if context.head is None else matrix(context.head.rows)
        _core.gather_rows(matrix(x.values), head, source, matrix(values))
        return Sequences(layout.filled, values)

    @staticmethod
    def _token_index(x: Sequences) -> np.ndarray:
        """Which token each step of the filled rows reads."""
        assert x.head is not None
        assert x.head.row_index is not None
        assert x.index is not None
        if not x.layout.masked:
            return _filling(x.layout, x.index, x.head.row_index)
        # A negative source -1 - i counts the reversed head rows from the end.
        return np.concatenate([x.index, x.head.row_index[::-1]])[x.layout.filling]

    def backward(self, dy: np.ndarray | None, context: Context) -> np.ndarray | None:
        if dy is None:
            return None
        source, steps = context.saved
        dx = context.zeros((steps, *dy.shape[1:]))
        dhead = None if context.dhead is None else matrix(context.dhead.rows)
        if dhead is None and context.head is not None:
            dhead = np.zeros_like(matrix(context.head.rows))
        _core.scatter_rows(matrix(dy), source, matrix(dx), dhead)
        return dx

    def backward_head(self, dhead: Head | None, context: Context) -> None:
        if dhead is not None:
            dhead.add_to(context.dhead)


def _filling(
    layout: Layout, index: np.ndarray | None = None, run_index: np.ndarray | None = None
) -> np.ndarray:
    """`Layout.filling`, or, of tokens without mask, what `index` and `run_index` hold there."""
    if layout.masked:
        return layout.filling
    return Windows(1).map(layout, layout.filled, index, run_index).reshape(-1)
