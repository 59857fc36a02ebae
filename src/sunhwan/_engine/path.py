"""The graph of layers and adapters that a batch goes through, and the phases of a step."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from .activity import Activity
from .arena import Arena
from .batch import Batch, parts_of, rows_of
from .form import Form
from .layout import ASKED_ROWS, Layout, cut_rows
from .node import Node
from .observer import Observer
from .plan import Plan, chain
from .recorded import is_own
from .seeds import derive
from .sequences import Head, Sequences
from .upkeep import Upkeep
from .wiring import Wiring

FEW_NODES = 16  # with no more, what a slice takes is given back at its end


class Path:
    """The layers in order for inputs of one kind.

    A batch is what `batch.py` says; outputs and their gradients are an array or `Sequences`, or a
    tuple of these where the plan has several.

    Args:
        plan: the graph of built layers, or layers in a row.
        forms: kinds of the input edges, one or a tuple.
        arena: where values of a step live.
        training: whether dropout and the like are on.
        differentiable: whether gradients are computed; default `training`.
        wants_dx: whether the gradients of the inputs are wanted too.
        as_array: whether the outputs are made dense arrays, unless they are ragged.
        packed: whether outputs that are masked sequences are not, for a loss of steps.
        logits: whether the layer of each output leaves its activation out (see
            `Layer.output_activation`); one for all, or a tuple.
        seed: of the random numbers.
    """

    def __init__(
        self,
        plan: Plan | Sequence[Any],
        forms: Form | tuple[Form, ...],
        arena: Arena,
        *,
        training: bool = False,
        differentiable: bool | None = None,
        wants_dx: bool = False,
        as_array: bool = True,
        packed: bool = False,
        logits: bool | tuple[bool, ...] = False,
        seed: int = 0,
    ) -> None:
        plan = plan if isinstance(plan, Plan) else chain(plan)
        forms = (forms,) if isinstance(forms, Form) else forms
        self.arena, self.training, self.seed = arena, training, seed
        self.differentiable = training if differentiable is None else differentiable
        wiring = Wiring(plan, forms, arena, training, self.differentiable, wants_dx)
        self.inputs = [wiring.edges[number] for number in range(plan.inputs)]
        self._results = [wiring.edges[number] for number in plan.outputs]
        self.several = len(self._results) > 1
        self.logits = logits if isinstance(logits, tuple) else (logits,) * len(self._results)
        for edge, left_out in zip(self._results, self.logits, strict=True):
            if left_out and edge.writer is not None:
                edge.writer.context.logits = True
        self.outputs = list(self._results)
        if as_array:
            number = len(plan.calls)
            self.outputs = [wiring.as_array(edge, number, packed) for edge in self.outputs]
        self.nodes: list[Node] = wiring.nodes
        self.look: Callable[[Node], None] | None = None  # called after each node's forward
        self._upkeep = None
        if len(self.nodes) > FEW_NODES:
            self._upkeep = Upkeep(arena, self.nodes, [*self.inputs, *self.outputs])
        self._backward = [node for node in reversed(self.nodes) if node.wanted]
        self._penalties = [node.layer for node in self.nodes if isinstance(node.layer, Activity)]
        self.couples_rows = any(layer.couples_rows for layer in plan.layers)
        self.replays = not self.as_written
        self._least_rows = max((layer.least_rows for layer in plan.layers), default=1)
        if not self.differentiable:
            self._least_rows = max(self._least_rows, ASKED_ROWS)

    def observe(self, observer: Observer | None) -> None:
        """Show the steps from now on to an observer, or to none."""
        for node in self.nodes:
            node.context.observer = observer

    @property
    def as_written(self) -> list[Any]:
        """The layers whose part of a step cannot be recorded."""
        return [
            node.layer
            for node in self.nodes
            if not (is_own(node.layer) and node.layer.replays(self.training))
        ]

    @property
    def hides_masks(self) -> bool:
        """Whether an output is an array with a mask, which does not show in its value."""
        return any(edge.masked_array for edge in self._results)

    @property
    def output_form(self) -> Form:
        """Kind of the one output's edge."""
        return self.outputs[0].form

    def lay_out(self, batch: Batch) -> None:
        """Note where the steps of a batch stand on each edge."""
        for edge, part in zip(self.inputs, parts_of(batch), strict=True):
            edge.layout = part.layout if isinstance(part, Sequences) else None
        for node in self.nodes:
            node.lay_out()

    def slices(self, batch: Batch) -> Iterator[tuple[int, int]]:
        """Ranges of rows of a batch laid out, which go through the path one after the other."""
        floats: dict[Layout, int] = {}  # that a step of each layout leaves saved
        for node in self.nodes:
            layout = node.inputs[0].layout
            if layout is not None and node.inputs[0].form.sequences:
                floats[layout] = floats.get(layout, 0) + node.layer.saved_floats
        if self.couples_rows or not floats:
            yield 0, rows_of(batch)
            return
        before = sum(layout.offsets * each for layout, each in floats.items())
        yield from cut_rows(np.asarray(before).tolist(), self._least_rows)

    def begin(self, batch: Batch, step: int = 0) -> None:
        """Compute what the batch has in common, layer by layer.

        Where a layer couples the rows, a batch is one slice, and `forward` does this layer by
        layer, so that such a layer sees the slice before the next layer's head is computed.
        """
        self.arena.release()
        self._step, self._batch_rows = step, rows_of(batch)
        self.lay_out(batch)
        for edge, part in zip(self.inputs, parts_of(batch), strict=True):
            edge.begin(part.head if isinstance(part, Sequences) else None)
        if not self.couples_rows:
            for node in self.nodes:
                self._begin_node(node)
            self._begin_outputs()
        self._mark = self.arena.mark()

    def _begin_node(self, node: Node) -> None:
        node.begin(self._batch_rows, self._step, derive(self.seed, self._step, node.number))

    def _begin_outputs(self) -> None:
        if self.differentiable:
            for edge in self.outputs:
                edge.open_gradient(self.arena.zeros)

    @property
    def penalty(self) -> float:
        """The activity regularizers' penalties of the slices since `begin`."""
        return sum(layer.value for layer in self._penalties)

    @property
    def masks(self) -> list[Any]:
        """Of each output the layout of the batch's steps that its mask leaves, or `None`."""
        return [edge.layout if edge.form.masked else None for edge in self._results]

    def forward(self, x: Batch, rows: np.ndarray) -> Any:
        """Outputs of a slice; `rows (N,)` are its rows' places in the batch."""
        self.arena.release(self._mark)
        for edge, part in zip(self.inputs, parts_of(x), strict=True):
            edge.value = part
        frees = None if self.differentiable else self._upkeep
        if frees is not None:
            frees.stop()  # of a slice that failed
            frees.start()
        for node in self.nodes:
            if self.couples_rows:
                self._begin_node(node)
                if frees is not None:
                    frees.start()  # what heads hold stays
            node.forward(rows)
            if self.look is not None:
                self.look(node)
            if frees is not None:
                frees.after_forward(node)
        if frees is not None:
            frees.stop()
        if self.couples_rows:
            self._begin_outputs()
        for edge in self.outputs:
            if isinstance(edge.value, Sequences):
                edge.value.head = edge.head
        if self.several:
            return tuple(edge.value for edge in self.outputs)
        return self.outputs[0].value

    def backward(self, dy: Any) -> Any:
        """Gradient of the slice's input (`None` unless wanted) from that of its output."""
        empty = self.arena.empty
        for edge, gradient in zip(self.outputs, dy if self.several else (dy,), strict=True):
            edge.add(gradient, empty)
        frees = self._upkeep
        if frees is not None:
            frees.stop()  # of a slice that failed
            frees.start()
        for node in self._backward:
            if self.couples_rows:
                node.context.output_dhead = node.outputs[0].dhead
            node.backward(self.arena)
            if self.couples_rows:
                node.end()
            if frees is not None:
                frees.after_backward(node)
        if frees is not None:
            frees.stop()
        gradients = [edge.take_gradient() for edge in self.inputs]
        return tuple(gradients) if len(gradients) > 1 else gradients[0]

    def end(self) -> Head | None:
        """Take the gradients of the heads back through the layers; return the input head's."""
        if not self.couples_rows:
            for node in self._backward:
                node.end()
        return self.inputs[0].dhead
