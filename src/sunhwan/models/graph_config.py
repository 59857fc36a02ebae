"""Graphs of layers as JSON can hold them, and back.

    {"name": ..., "trainable": ...,
     "layers": [{"class_name": ..., "config": ..., "calls": [...]}, ...],
     "inputs": ..., "outputs": ...}

A call is `{"inputs": [tensor, ...], "states": [tensor, ...], "list": bool, "training": ...,
"options": {...}}`, a tensor `[name of a layer, number of its call, number of the output]`; `inputs`
and `outputs` are a tensor, `{"list": [tensor, ...]}` or `{"dict": {key: tensor}}`, which
may hold such again in place of a tensor.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sunhwan._engine.config import plain, serialize
from sunhwan._engine.symbolic import KerasTensor
from sunhwan.layers.input import InputLayer

from .structure import Structure

if TYPE_CHECKING:
    from .functional import Functional


def config_of_graph(model: Functional) -> dict[str, Any]:
    """What makes such a model again, untrained."""
    plan = model.plan
    places: dict[int, list[Any]] = {}
    calls: dict[int, list[Any]] = {}
    for edge, tensor in enumerate(model.inputs):
        if not isinstance(tensor.use.layer, InputLayer):
            raise ValueError(
                f"model {model.name!r} begins with the output of layer {tensor.name!r}; only a "
                "model whose inputs come from Input can be saved"
            )
        places[edge] = [tensor.name, 0, 0]
    for call in plan.calls:
        listed = calls.setdefault(id(call.layer), [])
        for number, edge in enumerate(call.outputs):
            places[edge] = [call.layer.name, len(listed), number]
        listed.append(
            {
                "inputs": [places[edge] for edge in call.inputs],
                "states": [places[edge] for edge in call.states],
                "list": call.joins,
                "training": call.training,
                "options": plain(call.options),
            }
        )
    layers = [{**serialize(layer), "calls": calls.get(id(layer), [])} for layer in model.layers]
    return {
        "name": model.name,
        "trainable": model.trainable,
        "layers": layers,
        "inputs": _form(model.input_structure, [places[edge] for edge in range(plan.inputs)]),
        "outputs": _form(model.output_structure, [places[edge] for edge in plan.outputs]),
    }


def graph_of_config(config: Mapping[str, Any], custom_objects: Any = None) -> Functional:
    """The model that such a config describes.

    Raises:
        ValueError: the config is no such graph: a call needs what no call gives, or two need each
            other; the message names the layers.
    """
    from sunhwan.layers import deserialize

    from .functional import Functional

    layers: dict[str, Any] = {}
    given: dict[tuple[str, int, int], KerasTensor] = {}
    waiting: list[tuple[str, int, Mapping[str, Any]]] = []
    for described in config["layers"]:
        layer = deserialize({k: v for k, v in described.items() if k != "calls"}, custom_objects)
        if layer.name in layers:
            raise ValueError(f"two layers have the name {layer.name!r}")
        layers[layer.name] = layer
        if isinstance(layer, InputLayer):
            given[layer.name, 0, 0] = layer.output
        waiting += [(layer.name, n, call) for n, call in enumerate(described.get("calls", ()))]
    while waiting:
        left = []
        for name, number, call in waiting:
            needed = [_key(tensor) for tensor in (*call["inputs"], *call["states"])]
            earlier = all((name, n, 0) in given for n in range(number))
            if not earlier or any(key not in given for key in needed):
                left.append((name, number, call))
                continue
            _call(layers[name], name, number, call, given)
        if len(left) == len(waiting):
            raise _stuck(left, layers)
        waiting = left
    model = Functional(
        _tensors(config["inputs"], given),
        _tensors(config["outputs"], given),
        name=config.get("name"),
    )
    model.trainable = config.get("trainable", True)
    return model


def _call(
    layer: Any, name: str, number: int, call: Mapping[str, Any], given: dict[Any, KerasTensor]
) -> None:
    tensors = [given[_key(tensor)] for tensor in call["inputs"]]
    how: dict[str, Any] = {"training": call.get("training")}
    if call.get("options"):
        tell = {"mask": None, "options": dict(call["options"])}
        outputs = layer.call_with(tensors, training=call.get("training"), **tell)
        _given(outputs, name, number, given)
        return
    if call["states"]:
        how["initial_state"] = [given[_key(tensor)] for tensor in call["states"]]
    _given(layer(tensors if call["list"] else tensors[0], **how), name, number, given)


def _given(outputs: Any, name: str, number: int, given: dict[Any, KerasTensor]) -> None:
    """Note the outputs of a call."""
    if isinstance(outputs, Mapping):
        outputs = [outputs[key] for key in sorted(outputs)]
    for place, tensor in enumerate(outputs if isinstance(outputs, list) else [outputs]):
        given[name, number, place] = tensor


def _key(tensor: Any) -> tuple[str, int, int]:
    name, number, place = tensor
    return str(name), int(number), int(place)


def _stuck(left: list[Any], layers: Mapping[str, Any]) -> ValueError:
    """The error for calls that cannot be made."""
    names = sorted({name for name, _, _ in left})
    for name, _, call in left:
        for source, *_ in (*call["inputs"], *call["states"]):
            if source not in layers:
                return ValueError(f"layer {name!r} reads layer {source!r}, which is not there")
    return ValueError(f"the layers {', '.join(map(repr, names))} are a cycle or read from one")


def _form(structure: Structure, tensors: list[Any]) -> Any:
    if structure.kind == "single":
        return tensors[0]
    return _written(structure.pack(range(len(tensors))), tensors)


def _written(form: Any, tensors: list[Any]) -> Any:
    if isinstance(form, Mapping):
        return {"dict": {key: _written(inner, tensors) for key, inner in form.items()}}
    if isinstance(form, list):
        return {"list": [_written(inner, tensors) for inner in form]}
    return tensors[form]


def _tensors(form: Any, given: Mapping[Any, KerasTensor]) -> Any:
    def tensor(place: Any) -> KerasTensor:
        key = _key(place)
        if key not in given:
            raise ValueError(f"there is no output {key[2]} of call {key[1]} of layer {key[0]!r}")
        return given[key]

    if isinstance(form, Mapping) and "list" in form:
        return [_tensors(place, given) for place in form["list"]]
    if isinstance(form, Mapping):
        return {key: _tensors(place, given) for key, place in form["dict"].items()}
    return tensor(form)
