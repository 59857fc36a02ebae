"""Layers without parameters that bring an edge into the form that the next layer takes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from sunhwan import _core
from sunhwan._engine.context import Context
from sunhwan._engine.form import ARRAY, DENSE, Form
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


class ToArray(Adapter):
    """Dense sequences to an array `(N, T, ...)`.

    Args:
        consumer: name of the layer that wants the array, for the error about ragged rows.
    """

    takes = "sequences"

    def __init__(self, consumer: str) -> None:
        super().__init__()
        self.consumer = consumer

    def output_form(self, form: Form) -> Form:
        return ARRAY

    def replays(self, training: bool) -> bool:
        return True

    def forward(self, x: Sequences, context: Context) -> np.ndarray:
        rows, layout = x.layout.rows, x.layout
        width = int(layout.lengths[0]) if rows else layout.width
        if layout.ragged and np.any(layout.lengths != width):
            low, high = int(layout.lengths.min()), int(layout.lengths.max())
            raise ValueError(
                f"{self.consumer} needs rows of one length, got rows of {low} to {high} steps"
            )
        assert x.values is not None
        context.saved = x.values.shape
        return x.values.reshape(rows, width, *x.values.shape[1:])

    def backward(self, dy: np.ndarray, context: Context) -> np.ndarray:
        return dy.reshape(context.saved)


class ToMaskedArray(Fill):
    """Masked sequences to an array `(N, T, ...)` that carries their mask.

    Args:
        consumer: name of the layer that wants the array, for the error about ragged rows.
    """

    def __init__(self, consumer: str) -> None:
        super().__init__()
        self._whole = ToArray(consumer)

    def output_form(self, form: Form) -> Form:
        return ARRAY._replace(masked=True)

    def forward(self, x: Sequences, context: Context) -> Any:
        filled = super().forward(x, context)
        saved = context.saved
        y = self._whole.forward(filled, context)
        context.saved = saved
        return y

    def backward(self, dy: np.ndarray, context: Context) -> np.ndarray | None:
        return super().backward(dy.reshape(-1, *dy.shape[2:]), context)


class Pack(Adapter):
    """An array `(N, T, ...)` with a mask to the steps that the mask leaves.

    Args:
        features: axes of a step.
    """

    def __init__(self, features: tuple[int, ...]) -> None:
        super().__init__()
        self.features = features

    def output_form(self, form: Form) -> Form:
        return DENSE._replace(masked=True)

    def output_layout(self, layout: Layout) -> Layout:
        return layout.with_absent("constant")

    def forward_head(self, head: Head | None, context: Context) -> Head:
        return Head(rows=context.zeros((1, *self.features)))

    def forward(self, x: np.ndarray, context: Context) -> Sequences:
        assert context.mask is not None
        layout = self.output_layout(context.mask)
        first = np.repeat(np.arange(layout.rows) * x.shape[1], layout.lengths)
        index = (first + layout.times).astype(np.int32)
        context.saved = index, x.shape
        values = context.empty((layout.steps, *x.shape[2:]))
        _core.gather_rows(matrix(x.reshape(-1, *x.shape[2:])), None, index, matrix(values))
        return Sequences(layout, values)

    def backward(self, dy: np.ndarray, context: Context) -> np.ndarray:
        index, shape = context.saved
        dx = context.zeros(shape)
        _core.scatter_rows(matrix(dy), index, matrix(dx.reshape(-1, *shape[2:])), None)
        return dx


class ToSequences(Adapter):
    """An array `(N, T, ...)` to dense sequences."""

    def output_form(self, form: Form) -> Form:
        return DENSE

    def output_layout(self, layout: Layout) -> Layout:
        return layout.filled

    def replays(self, training: bool) -> bool:
        return True

    def forward(self, x: np.ndarray, context: Context) -> Sequences:
        context.saved = x.shape
        layout = Layout.dense(len(x), x.shape[1], context.rows)
        return Sequences(layout, x.reshape(-1, *x.shape[2:]))

    def backward(self, dy: np.ndarray, context: Context) -> np.ndarray:
        return dy.reshape(context.saved)


def adapters_for(layer: Layer, form: Form, training: bool, has_states: bool = False) -> list[Any]:
    """What must stand between an edge of kind `form` and `layer`, which may get initial states."""
    if layer.takes == "array":
        return to_array(form, f"layer {layer.name!r}")
    keeps = layer.keeps(training) - ({"shared"} if has_states else set())
    if not form.sequences:
        if layer.takes == "steps":
            return []
        masked = form.masked and "mask" in keeps
        return to_packed(form._replace(masked=masked), layer.build_shape)
    chain: list[Any] = []
    if (form.shared and "shared" not in keeps) or (form.masked and "mask" not in keeps):
        chain.append(Fill())
    if form.tokens and "tokens" not in keeps:
        chain.append(Gather())
    return chain


def to_packed(form: Form, shape: Any) -> list[Any]:
    """What makes an edge of kind `form`, which carries such a `shape`, values of own steps."""
    if not form.sequences and form.masked:
        return [Pack(tuple(size or 1 for size in shape[2:]))]
    if not form.sequences:
        return [ToSequences()]
    return [*([Fill()] if form.shared else []), *([Gather()] if form.tokens else [])]


def to_array(form: Form, consumer: str, with_mask: bool = False) -> list[Any]:
    """What makes an edge of kind `form` a dense array, which may go on carrying its mask."""
    if not form.sequences:
        return []
    if form.masked and with_mask:
        return [*([Gather()] if form.tokens else []), ToMaskedArray(consumer)]
    chain: list[Any] = [Fill()] if form.shared or form.masked else []
    if form.tokens:
        chain.append(Gather())
    return [*chain, ToArray(consumer)]


def to_output(form: Form, packed: bool = False) -> list[Any]:
    """What makes an edge of kind `form` what a model gives: a dense array, or ragged rows.

    Where `packed`, masked rows stay packed too.
    """
    if form.ragged or (packed and form.sequences and form.masked and not form.shared):
        return [Gather()] if form.tokens else []
    return to_array(form, "the model's output")
