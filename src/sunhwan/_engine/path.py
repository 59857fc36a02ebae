"""The chain of layers and adapters that a batch goes through, and the phases of a step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from sunhwan.layers.layer import Layer

from .activity import Activity
from .adapters import adapters_for, to_output
from .arena import Arena
from .context import Context
from .form import Form
from .layout import places
from .recorded import is_own
from .seeds import derive
from .sequences import Head, Sequences

Batch = Any  # np.ndarray or Sequences


class Node:
    """A layer or adapter in its place, with its side of the step."""

    def __init__(self, layer: Layer, number: int, context: Context) -> None:
        self.layer = layer
        self.number = number
        self.context = context
        self.gives_sequences = False


class Path:
    """The layers in order for inputs of one kind.

    Args:
        layers: built layers.
        form: kind of the input edge.
        arena: where values of a step live.
        training: whether dropout and the like are on and gradients are computed.
        wants_dx: whether the gradient of the input is wanted too.
        as_array: whether the output is made a dense array, unless it is ragged.
        logits: whether the last layer's activation is left out (see `Layer.output_activation`).
        seed: of the random numbers.
    """

    def __init__(
        self,
        layers: Sequence[Layer],
        form: Form,
        arena: Arena,
        *,
        training: bool = False,
        wants_dx: bool = False,
        as_array: bool = True,
        logits: bool = False,
        seed: int = 0,
    ) -> None:
        self.arena = arena
        self.form = form
        self.training = training
        self.seed = seed
        self.nodes: list[Node] = []
        wanted = wants_dx

        def place(layer: Layer, number: int) -> None:
            nonlocal form, wanted
            self.nodes.append(Node(layer, number, Context(arena, training, training and wanted)))
            form = layer.output_form(form)
            self.nodes[-1].gives_sequences = form.sequences
            wanted = wanted or any(variable.trainable for variable in layer.variables)

        for number, layer in enumerate(layers):
            for adapter in adapters_for(layer, form, training):
                place(adapter, number)
            place(layer, number)
            if layer.activity_regularizer is not None:
                place(Activity(layer.activity_regularizer), number)
        if logits:
            self.nodes[-1].context.logits = True
        self.logits = logits
        self.output_masked = form.masked  # of the last layer's own output
        if as_array:
            for adapter in to_output(form):
                place(adapter, len(layers))
        self.output_form = form
        self.couples_rows = any(layer.couples_rows for layer in layers)
        self.replays = all(
            is_own(node.layer) and node.layer.replays(training) for node in self.nodes
        )
        self.saved_floats = sum(layer.saved_floats for layer in layers)
        self.least_rows = max((layer.least_rows for layer in layers), default=1)

    def slices(self, batch: Batch) -> Iterator[tuple[int, int]]:
        """Ranges of rows that go through the path one after the other."""
        if self.couples_rows:
            yield 0, rows_of(batch)
        elif isinstance(batch, Sequences):
            yield from batch.layout.cut(self.saved_floats, self.least_rows)
        else:
            yield 0, len(batch)

    def begin(self, batch: Batch, step: int = 0) -> None:
        """Compute what the batch has in common, layer by layer.

        Where a layer couples the rows, a batch is one slice, and `forward` does this layer by
        layer, so that such a layer sees the slice before the next layer's head is computed.
        """
        self.arena.release()
        self._step, self._batch_rows = step, rows_of(batch)
        self._head = batch.head if isinstance(batch, Sequences) else None
        self._layout = batch.layout if isinstance(batch, Sequences) else None
        if not self.couples_rows:
            for node in self.nodes:
                self._begin_node(node)
            self._begin_output()
        self._mark = self.arena.mark()

    def _begin_node(self, node: Node) -> None:
        context, head, layout = node.context, self._head, self._layout
        context.layout = layout
        context.batch_rows = self._batch_rows
        context.step, context.key = self._step, derive(self.seed, self._step, node.number)
        context.head, context.dhead = head, None
        if head is not None and context.wants_dx:
            context.dhead = head.zeros_like(context.zeros)
        self._head = node.layer.forward_head(head, context)
        if layout is not None:
            self._layout = node.layer.output_layout(layout) if node.gives_sequences else None

    def _begin_output(self) -> None:
        self.output_head = self._head
        self.output_dhead = None
        if self._head is not None and self.training:
            self.output_dhead = self._head.zeros_like(self.arena.zeros)

    @property
    def penalty(self) -> float:
        """The activity regularizers' penalties of the slices since `begin`."""
        return sum(node.layer.value for node in self.nodes if isinstance(node.layer, Activity))

    def forward(self, x: Batch, rows: np.ndarray) -> Batch:
        """Outputs of a slice; `rows (N,)` are its rows' places in the batch."""
        self.arena.release(self._mark)
        for node in self.nodes:
            if self.couples_rows:
                self._begin_node(node)
            context = node.context
            context.rows = rows
            context.layout = None
            if isinstance(x, Sequences):
                context.layout, x.head = x.layout, context.head
            x = node.layer.forward(x, context)
        if self.couples_rows:
            self._begin_output()
        if isinstance(x, Sequences):
            x.head = self.output_head
        return x

    def backward(self, dy: Any) -> Any:
        """Gradient of the slice's input (`None` unless wanted) from that of its output."""
        self._dhead = self.output_dhead
        for node in reversed(self.nodes):
            if self.couples_rows:
                node.context.output_dhead = self._dhead
                dy = node.layer.backward(dy, node.context)
                self._end_node(node)
            else:
                dy = node.layer.backward(dy, node.context)
            if not node.context.wants_dx:
                return None
        return dy

    def end(self) -> Head | None:
        """Take the gradients of the heads back through the layers; return the input head's."""
        if not self.couples_rows:
            self._dhead = self.output_dhead
            for node in reversed(self.nodes):
                self._end_node(node)
        return self._dhead

    def _end_node(self, node: Node) -> None:
        node.layer.backward_head(self._dhead, node.context)
        self._dhead = node.context.dhead


def rows_of(batch: Batch) -> int:
    """How many rows a batch has."""
    return batch.layout.rows if isinstance(batch, Sequences) else len(batch)


def order_of(batch: Batch) -> np.ndarray:
    """The place in the user's batch that each row came from."""
    if isinstance(batch, Sequences):
        return batch.layout.order
    return places(len(batch))


def form_of(batch: Batch) -> Form:
    """The kind of edge that carries this batch."""
    if not isinstance(batch, Sequences):
        return Form(False)
    layout = batch.layout
    return Form(True, batch.values is None, bool(layout.shared), layout.masked, layout.ragged)


def take_rows(batch: Batch, first: int, last: int) -> Batch:
    """The rows `first:last` of a batch."""
    return batch.slice(first, last) if isinstance(batch, Sequences) else batch[first:last]
