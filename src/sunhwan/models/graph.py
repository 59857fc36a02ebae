"""From symbolic tensors to plans."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sunhwan._engine.plan import Call, Plan
from sunhwan._engine.symbolic import KerasTensor, Use


class Port(NamedTuple):
    """A way in which a model's data are read.

    Args:
        input: number of the model's input.
        preparation: the layer that prepares the data before batches are cut, or `None`.
        reader: the layer that reads them, `None` where they are a result.
    """

    input: int
    preparation: Any
    reader: Any


def trace(inputs: Sequence[KerasTensor], outputs: Sequence[KerasTensor], owner: str) -> list[Use]:
    """The calls by which `outputs` follow from `inputs`, in the order in which they were made.

    Raises:
        ValueError: an output needs data that are not among `inputs`, or an input is not needed.
    """
    given = {id(tensor) for tensor in inputs}
    reached: set[int] = set()
    uses: dict[int, Use] = {}
    waiting = [(tensor, None) for tensor in outputs]
    while waiting:
        tensor, reader = waiting.pop()
        if id(tensor) in given:
            reached.add(id(tensor))
            continue
        use = tensor.use
        if not use.inputs:
            behind = "an output" if reader is None else f"layer {reader!r}"
            raise ValueError(
                f"{owner}: the graph is disconnected: {behind} needs the data of "
                f"{tensor.name!r}, which is not among the inputs"
            )
        if use.number not in uses:
            uses[use.number] = use
            waiting += [(source, use.layer.name) for source in (*use.inputs, *use.states)]
    for tensor in inputs:
        if id(tensor) not in reached:
            raise ValueError(
                f"{owner}: the graph is disconnected: no output depends on input {tensor.name!r}"
            )
    return [uses[number] for number in sorted(uses)]


def plan_of(
    inputs: Sequence[KerasTensor], outputs: Sequence[KerasTensor], uses: Iterable[Use]
) -> tuple[Plan, list[KerasTensor]]:
    """The plan of traced calls, models among its layers; and the tensors on its edges."""
    tensors = list(inputs)
    numbers = {id(tensor): number for number, tensor in enumerate(tensors)}
    calls = []
    for use in uses:
        for tensor in use.outputs:
            numbers.setdefault(id(tensor), len(tensors))
            tensors.append(tensor)
        calls.append(
            Call(
                use.layer,
                tuple(numbers[id(tensor)] for tensor in use.inputs),
                tuple(numbers[id(tensor)] for tensor in use.outputs),
                tuple(numbers[id(tensor)] for tensor in use.states),
                use.joins,
                use.training,
                use.options,
            )
        )
    results = tuple(numbers[id(tensor)] for tensor in outputs)
    return Plan(len(inputs), tuple(calls), results), tensors


def by_depth(plan: Plan, sources: Sequence[Any]) -> list[Any]:
    """All layers in the order in which Keras lists them, which is that of the weights.

    The deepest first, that is those with the longest way to an output; then as a search in depth
    from the outputs meets them.

    Args:
        plan: of the calls.
        sources: the layer of each input, `None` where an input is no `Input`.
    """
    calls = [Call(layer, (), (edge,)) for edge, layer in enumerate(sources)]
    calls += plan.calls
    makers = {edge: number for number, call in enumerate(calls) for edge in call.outputs}
    met, done = _searched(calls, makers, plan.outputs)
    depths: dict[int, int] = {}  # of calls
    layer_depths: dict[int, int] = {}
    order: dict[int, int] = {}
    for number in met:
        order.setdefault(id(calls[number].layer), len(order))
    for number in reversed(done):
        call, key = calls[number], id(calls[number].layer)
        depth = layer_depths[key] = max(depths.get(number, 0), layer_depths.get(key, 0))
        for edge in (*call.inputs, *call.states):
            depths[makers[edge]] = max(depth + 1, depths.get(makers[edge], 0))
    layers = {id(calls[number].layer): calls[number].layer for number in met}
    layers.pop(id(None), None)
    return sorted(layers.values(), key=lambda layer: (-layer_depths[id(layer)], order[id(layer)]))


def _searched(
    calls: Sequence[Call], makers: dict[int, int], outputs: Sequence[int]
) -> tuple[dict[int, int], list[int]]:
    """A search in depth from the outputs: the calls as they are met, and as they are left."""
    met: dict[int, int] = {}
    done: list[int] = []
    for output in outputs:
        waiting = [(makers[output], False)]
        while waiting:
            number, left = waiting.pop()
            if left:
                done.append(number)
            elif number not in met:
                met[number] = len(met)
                call = calls[number]
                waiting.append((number, True))
                waiting += [(makers[e], False) for e in reversed((*call.inputs, *call.states))]
    return met, done


def inlined(plan: Plan) -> Plan:
    """The plan with the calls of models replaced by those inside them."""
    if not any(hasattr(call.layer, "plan") for call in plan.calls):
        return plan
    edges = 1 + max((edge for call in plan.calls for edge in call.outputs), default=plan.inputs)
    calls: list[Call] = []
    same: dict[int, int] = {}
    for call in plan.calls:
        inputs = tuple(same.get(edge, edge) for edge in call.inputs)
        states = tuple(same.get(edge, edge) for edge in call.states)
        if not hasattr(call.layer, "plan"):
            calls.append(call._replace(inputs=inputs, states=states))
            continue
        inner = inlined(call.layer.plan)
        numbers = dict(enumerate(inputs))
        for each in inner.calls:
            for edge in each.outputs:
                numbers[edge] = edges
                edges += 1
            calls.append(
                Call(
                    each.layer,
                    tuple(numbers[edge] for edge in each.inputs),
                    tuple(numbers[edge] for edge in each.outputs),
                    tuple(numbers[edge] for edge in each.states),
                    each.joins,
                    call.training if each.training is None else each.training,
                    each.options,
                )
            )
        same.update(zip(call.outputs, (numbers[edge] for edge in inner.outputs), strict=True))
    return Plan(plan.inputs, tuple(calls), tuple(same.get(edge, edge) for edge in plan.outputs))


def with_ports(plan: Plan, owner: str) -> tuple[Plan, list[Port]]:
    """The plan of what is computed, whose inputs are ports.

    An input that is read in several ways, as ids and as numbers for instance, has several ports.

    Raises:
        ValueError: a layer stands behind another that must read the data themselves.
    """
    plan = inlined(plan)
    ports: dict[Any, Port] = {}
    prepared: dict[int, tuple[int, Any]] = {edge: (edge, None) for edge in range(plan.inputs)}
    reads: dict[tuple[int, int], Any] = {}  # edge and reader -> port
    for number, call in enumerate(plan.calls):
        layer, first = call.layer, call.inputs[0]
        if getattr(layer, "prepares", False):
            if prepared.get(first, (0, layer))[1] is not None:
                raise ValueError(f"{owner}: layer {layer.name!r} must come first")
            prepared[call.outputs[0]] = first, layer
            continue
        if first not in prepared and (hasattr(layer, "pack") or hasattr(layer, "reads_ids")):
            maker = next(each for each in plan.calls if first in each.outputs)
            raise ValueError(
                f"{owner}: layer {layer.name!r} must come first, got it behind layer "
                f"{maker.layer.name!r}"
            )
        for place, edge in enumerate((*call.inputs, *call.states)):
            if edge in prepared:
                apart = place < min(len(call.inputs), getattr(layer, "apart", 0))
                alone = apart or (place == 0 and not call.joins)
                key = edge, _kind_of(layer) if alone else "array"
                ports[key] = _port(ports.get(key), *prepared[edge], layer if alone else None)
                reads[edge, number] = key
    for edge in plan.outputs:
        if edge in prepared:
            ports.setdefault((edge, "array"), Port(*prepared[edge], None))
    places = {key: place for place, key in enumerate(ports)}
    shift = len(ports)

    def renumbered(edges: tuple[int, ...], number: int = -1) -> tuple[int, ...]:
        return tuple(
            places[reads.get((edge, number), (edge, "array"))] if edge in prepared else edge + shift
            for edge in edges
        )

    calls = [
        call._replace(
            inputs=renumbered(call.inputs, number),
            outputs=renumbered(call.outputs),
            states=renumbered(call.states, number),
        )
        for number, call in enumerate(plan.calls)
        if not getattr(call.layer, "prepares", False)
    ]
    return Plan(len(ports), tuple(calls), renumbered(plan.outputs)), list(ports.values())


def _kind_of(layer: Any) -> Any:
    """How a layer reads data: equal for layers that can read one packed batch."""
    if hasattr(layer, "reads_ids"):
        return "ids", layer.mask_zero
    if hasattr(layer, "pack"):
        return "packed", id(layer)
    return "sequences" if layer.takes == "sequences" else "array"


def _port(known: Port | None, number: int, preparation: Any, layer: Any) -> Port:
    if known is None:
        return Port(number, preparation, layer)
    if hasattr(layer, "reads_ids") and layer.input_dim < known.reader.input_dim:
        return known._replace(reader=layer)  # its ids are the fewest
    return known
