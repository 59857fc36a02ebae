"""From a plan to nodes and edges, with the adapters that must stand between the layers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .activity import Activity
from .adapters import Gather
from .adapting import adapters_for, to_array, to_output, to_packed
from .arena import Arena
from .context import Context
from .form import ARRAY, Form
from .layout import Absent, Layout
from .node import Edge, Node
from .plan import Call, Plan

_PROBE = Layout(
    offsets=np.array([0, 1]),
    starts=np.zeros(1, np.int64),
    width=1,
    order=np.zeros(1, np.int64),
    positions=np.zeros(1, np.int32),
)


class Wiring:
    """The nodes of a plan for inputs of certain kinds, in order.

    Args:
        plan: the graph of built layers.
        forms: kinds of the input edges.
        arena: where values of a step live.
        training: whether dropout and the like are on.
        differentiable: whether gradients are computed.
        wants_dx: whether the gradients of the inputs are wanted too.

    Attributes:
        nodes: in the order in which they run.
        edges: those of the plan, by their numbers.
    """

    def __init__(
        self,
        plan: Plan,
        forms: Sequence[Form],
        arena: Arena,
        training: bool,
        differentiable: bool,
        wants_dx: bool,
    ) -> None:
        self._arena, self._training, self._differentiable = arena, training, differentiable
        self._adapted: dict[tuple[Edge, type], Edge] = {}
        self.nodes: list[Node] = []
        self.edges: dict[int, Edge] = {}
        for number, form in enumerate(forms):
            edge = Edge(form, wants_dx, number)
            edge.steps = number, "constant" if form.masked else "none"
            self.edges[number] = edge
        for number, call in enumerate(plan.calls):
            self._place_call(call, number)

    def as_array(self, edge: Edge, number: int, packed: bool = False) -> Edge:
        """A result as a dense array, or as ragged or, where `packed`, masked rows."""
        return self._adapt(edge, to_output(edge.form, packed), number)

    def _place_call(self, call: Call, number: int) -> None:
        layer, inputs = call.layer, [self.edges[source] for source in call.inputs]
        training = self._training if call.training is None else call.training
        states = [
            self._adapt(edge, to_array(edge.form, f"initial_state of layer {layer.name!r}"), number)
            for edge in (self.edges[state] for state in call.states)
        ]
        if call.joins:
            inputs = self._joined(call, inputs, number)
        else:
            adapters = adapters_for(layer, inputs[0].form, training, bool(states))
            inputs = [self._adapt(inputs[0], adapters, number)]
        outputs = self._place(layer, number, inputs, states, call, training)
        if layer.activity_regularizer is not None:
            penalty = Activity(layer.activity_regularizer)
            outputs[0] = self._place(penalty, number, outputs[:1])[0]
        self.edges.update(zip(call.outputs, outputs, strict=True))

    def _joined(self, call: Call, inputs: list[Edge], number: int) -> list[Edge]:
        """The inputs of a layer of several: packed rows, or arrays."""
        layer = call.layer
        if layer.apart:
            return self._apart(call, inputs, number)
        alike = len({edge.steps for edge in inputs}) == 1
        if alike and layer.packs and all(edge.form.sequences for edge in inputs):
            return [
                self._adapt(edge, [Gather()] if edge.form.tokens else [], number) for edge in inputs
            ]
        name = f"layer {layer.name!r}"
        return [self._adapt(edge, to_array(edge.form, name, True), number) for edge in inputs]

    def _apart(self, call: Call, inputs: list[Edge], number: int) -> list[Edge]:
        """Inputs that are each packed for itself; the first an array where the call wants that.

        Those behind the first few that come apart are arrays.
        """
        layer, edges, shapes = call.layer, [], call.layer.build_shape
        for place, edge in enumerate(inputs):
            if place >= layer.apart:
                adapters = to_array(edge.form, f"layer {layer.name!r}")
            elif not place and layer.wants_array(call.options):
                adapters = to_array(edge.form, f"layer {layer.name!r}", True)
            else:
                adapters = to_packed(edge.form, shapes[min(place, len(shapes) - 1)])
            edges.append(self._adapt(edge, adapters, number))
        return edges

    def _adapt(self, edge: Edge, adapters: Sequence[Any], number: int) -> Edge:
        for adapter in adapters:
            key = edge, type(adapter)
            if key not in self._adapted:
                self._adapted[key] = self._place(adapter, number, [edge])[0]
            edge = self._adapted[key]
        return edge

    def _place(
        self,
        layer: Any,
        number: int,
        inputs: list[Edge],
        states: Sequence[Edge] = (),
        call: Call | None = None,
        training: bool | None = None,
    ) -> list[Edge]:
        source, joins = inputs[0], call is not None and call.joins
        wants_dx = self._differentiable and any(edge.wanted for edge in inputs)
        context = Context(self._arena, self._training if training is None else training, wants_dx)
        context.differentiable = self._differentiable
        context.options = {} if call is None else call.options
        wanted = any(edge.wanted for edge in (*inputs, *states))
        wanted = wanted or any(variable.trainable for variable in layer.variables)
        if joins:
            form = layer.joined_form([edge.form for edge in inputs])
        else:
            form = layer.output_form(source.form)
        outputs = [Edge(form, wanted, source.source)]
        outputs[0].steps = _steps_after(layer, source, outputs[0], joins)
        for _ in call.outputs[1:] if call is not None else ():
            outputs.append(Edge(ARRAY, wanted, source.source))
        self.nodes.append(Node(layer, number, context, inputs, outputs, states, joins))
        return outputs


def _steps_after(layer: Any, source: Edge, output: Edge, joins: bool) -> tuple[Any, Absent]:
    """Where the steps of an output stand: equal where they are the same steps."""
    if not (source.form.sequences and output.form.sequences):
        return object(), "none"
    identity, absent = source.steps
    if output.form.masked and not joins:
        absent = layer.output_layout(_PROBE.with_absent(absent)).absent
    return identity if joins or layer.keeps_steps else object(), absent
