"""A model's graph, as the page draws it."""

from __future__ import annotations

from typing import Any

from sunhwan.watching.names import Names


def graph_of(model: Any) -> dict[str, Any]:
    """The layers with their shapes, counts and connections; of a model that is built."""
    plan = model.stepper().plan
    names = Names(plan)
    shapes = {id(layer): shape for layer, shape in model.layers_with_shapes}
    makers: dict[int, str] = {}
    nodes: dict[str, dict[str, Any]] = {}
    for call in plan.calls:
        layer, name = call.layer, names.layers[id(call.layer)]
        node = nodes.setdefault(
            name,
            {
                "name": name,
                "type": type(layer).__name__,
                "shape": _text(shapes.get(id(layer), _shape(layer))),
                "parameters": sum(variable.size for variable in layer.variables),
                "trainable": bool(layer.trainable),
                "inputs": [],
            },
        )
        for edge in (*call.inputs, *call.states):
            source = makers.get(edge, "input" if plan.inputs == 1 else f"input {edge + 1}")
            if source not in node["inputs"]:
                node["inputs"].append(source)
        makers.update(dict.fromkeys(call.outputs, name))
    return {
        "name": model.name,
        "parameters": sum(variable.size for variable in model.variables),
        "layers": list(nodes.values()),
        "outputs": [makers[edge] for edge in plan.outputs if edge in makers],
    }


def _shape(layer: Any) -> Any:
    return None if layer.build_shape is None else layer.compute_output_shape(layer.build_shape)


def _text(shape: Any) -> str:
    if shape is None:
        return "?"
    if isinstance(shape, list):
        return ", ".join(_text(one) for one in shape)
    return "(" + ", ".join("?" if axis is None else str(axis) for axis in shape) + ")"
