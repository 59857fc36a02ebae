"""The nodes of a path, and the edges between them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from sunhwan import _core

from .arena import Arena
from .context import Context
from .form import Form
from .layout import Absent, Layout
from .sequences import Head, Sequences


class Edge:
    """What one node writes and others read.

    Args:
        form: its kind.
        wanted: whether training needs its gradient.
        source: number of the input from which it comes.

    Attributes:
        layout: where the steps of the batch stand, of an array those that its mask leaves; `None`
            of an array without mask.
        head, dhead: what the batch has in common on this edge, and its gradient.
        value: of the slice.
        mask: where the steps of the slice stand, of an array with a mask.
        gradient: of the slice's value, as far as its readers have given it.
        writer: the node, `None` of an input.
        steps: equal for edges whose packed steps are the same, with one rule for absent ones.
    """

    def __init__(self, form: Form, wanted: bool, source: int = 0) -> None:
        self.form = form
        self.wanted = wanted
        self.source = source
        self.masked_array = form.masked and not form.sequences
        self.writer: Node | None = None
        self.steps: tuple[Any, Absent] = (self, "none")
        self.layout: Layout | None = None
        self.head: Head | None = None
        self.dhead: Head | None = None
        self.value: Any = None
        self.mask: Layout | None = None
        self.gradient: Any = None
        self._summed = False

    def begin(self, head: Head | None) -> None:
        """Note what the batch has in common."""
        self.head, self.dhead, self.gradient = head, None, None

    def open_gradient(self, zeros: Callable[[tuple[int, ...]], np.ndarray]) -> None:
        """Make place for the gradient of the head, once."""
        if self.head is not None and self.dhead is None:
            self.dhead = self.head.zeros_like(zeros)

    def add(self, gradient: Any, empty: Callable[[tuple[int, ...]], np.ndarray]) -> None:
        """Add what one reader owes; `None` is nothing. The arrays themselves stay as they are."""
        if self.gradient is None:
            self.gradient, self._summed = gradient, False
        elif gradient is not None:
            total = self.gradient if self._summed else empty(gradient.shape)
            _core.add(self.gradient, gradient, total)
            self.gradient, self._summed = total, True

    def take_gradient(self) -> Any:
        """The whole gradient, for its writer."""
        gradient, self.gradient = self.gradient, None
        return gradient


class Node:
    """A layer or adapter in its place, with its side of the step.

    Args:
        layer: what computes.
        number: of the call in the plan, for random numbers.
        context: its own.
        inputs, states, outputs: edges; `outputs` are the layer's outputs, then its final states.
        joins: whether the layer takes a list of inputs.
    """

    def __init__(
        self,
        layer: Any,
        number: int,
        context: Context,
        inputs: Sequence[Edge],
        outputs: Sequence[Edge],
        states: Sequence[Edge] = (),
        joins: bool = False,
    ) -> None:
        self.layer, self.number, self.context = layer, number, context
        self.inputs, self.outputs, self.states = list(inputs), list(outputs), list(states)
        self.joins = joins
        self.plain = not (joins or self.states or len(self.outputs) > 1)
        self.wanted = self.outputs[0].wanted
        for edge in self.outputs:
            edge.writer = self

    def lay_out(self) -> None:
        """Note where the steps of the batch stand on the output."""
        output = self.outputs[0]
        if self.joins:
            output.layout = self._joined_layout([edge.layout for edge in self.inputs])
            return
        layout = self.inputs[0].layout
        if layout is not None and output.form.sequences:
            layout = self.layer.output_layout(layout)
        elif not output.masked_array:
            layout = None
        output.layout = layout

    def begin(self, batch_rows: int, step: int, key: int) -> None:
        """Compute what the batch has in common."""
        context, source = self.context, self.inputs[0]
        context.batch_rows, context.step, context.key = batch_rows, step, key
        if context.wants_dx:
            for edge in self.inputs:
                if edge.wanted:
                    edge.open_gradient(context.zeros)
        if self.joins:
            context.head = [edge.head for edge in self.inputs]
            context.dhead = [edge.dhead for edge in self.inputs]
            context.layouts = [edge.layout for edge in self.inputs]
        else:
            context.head, context.dhead = source.head, source.dhead
            context.layout = source.layout if source.form.sequences else None
        head = self.layer.forward_head(context.head, context)
        for edge in self.outputs:
            edge.begin(head)
            head = None

    def forward(self, rows: np.ndarray) -> None:
        """Compute the slice; `rows (N,)` are its rows' places in the batch."""
        context, source, output = self.context, self.inputs[0], self.outputs[0]
        context.rows = rows
        x, mask = source.value, source.mask
        if self.joins:
            x, mask = self._joined(context)
        elif isinstance(x, Sequences):
            context.layout, x.head, mask = x.layout, context.head, x.layout
        else:
            context.layout, context.mask = None, mask
        if self.states:
            context.initial_states = [edge.value for edge in self.states]
        y = self.layer.forward(x, context)
        if self.plain:
            output.value = y
            if output.masked_array:
                output.mask = mask
            return
        values = [*(y if type(y) is list else [y]), *context.final_states]
        for edge, value in zip(self.outputs, values, strict=False):
            edge.value, edge.mask = value, mask if edge.masked_array else None

    def _joined(self, context: Context) -> tuple[list[Any], Layout | None]:
        """The values of the inputs, and where the steps of the output stand."""
        values = [edge.value for edge in self.inputs]
        context.layouts = []
        for edge, value in zip(self.inputs, values, strict=True):
            if isinstance(value, Sequences):
                value.head = edge.head
            context.layouts.append(value.layout if isinstance(value, Sequences) else edge.mask)
        lengths = [None if isinstance(one, Sequences) else one.shape[1] for one in values]
        return values, self._joined_layout(context.layouts, lengths)

    def _joined_layout(self, layouts: list[Any], lengths: Sequence[Any] = ()) -> Layout | None:
        form = self.outputs[0].form
        if form.sequences:
            return layouts[0]
        return self.layer.joined_mask(layouts, lengths) if form.masked else None

    def backward(self, arena: Arena) -> None:
        """Take the gradients of the outputs back to the inputs."""
        context = self.context
        if self.plain:
            dx = self.layer.backward(self.outputs[0].take_gradient(), context)
            if context.wants_dx:
                self.inputs[0].add(dx, arena.empty)
            return
        states = len(context.final_states)
        gradients = [edge.take_gradient() for edge in self.outputs]
        mains = len(gradients) - states
        context.dfinal_states = gradients[mains:] if states else None
        for number, edge in enumerate(self.outputs[:mains]):
            if gradients[number] is None and not edge.form.tokens:
                gradients[number] = _zeros(edge.value, arena)
        dx = self.layer.backward(gradients[0] if mains == 1 else gradients[:mains], context)
        for edge, gradient in zip(self.states, context.dinitial_states, strict=False):
            if edge.wanted:
                edge.add(gradient, arena.empty)
        if context.wants_dx:
            parts = dx if self.joins else [dx]
            for edge, part in zip(self.inputs, parts or (), strict=False):
                if edge.wanted:
                    edge.add(part, arena.empty)

    def end(self) -> None:
        """Take the gradient of the head back, once for the batch."""
        self.layer.backward_head(self.outputs[0].dhead, self.context)


def _zeros(value: Any, arena: Arena) -> np.ndarray:
    return arena.zeros((value.values if isinstance(value, Sequences) else value).shape)
