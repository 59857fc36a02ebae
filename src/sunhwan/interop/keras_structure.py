"""Keras's models, as its configs tell of them, as ours: chains and graphs, models in models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .keras_graph import call_of, ends, loses_mask, without_mask
from .keras_layers import KerasLayer, not_a_layer, translate_layer
from .keras_masks import Masks, is_mask_operation

_GRAPHS = ("Functional", "Model")


def is_model(form: Any) -> bool:
    """Whether a form is of a model."""
    return isinstance(form, Mapping) and form.get("class_name") in ("Sequential", *_GRAPHS)


def translate_model(form: Any, generation: int) -> KerasLayer:
    """What a file says of a model, as ours.

    Args:
        form: the serialized form.
        generation: 2 or 3, Keras's first number.

    Raises:
        ValueError: it is no model that is known here, or one of its layers is not.
    """
    if not is_model(form):
        kind = form.get("class_name") if isinstance(form, Mapping) else form
        raise ValueError(f"its model must be Sequential or Functional, got {kind!r}")
    kind, config = form["class_name"], form.get("config")
    if isinstance(config, list):  # Keras 2.0 and 2.1
        config = {"layers": config}
    if not isinstance(config, Mapping) or not isinstance(config.get("layers"), list):
        raise ValueError("its model has no list of layers")
    name = None if config.get("name") is None else str(config["name"])
    make = _chain if kind == "Sequential" else _graph
    layers, ours = make(config, generation)
    ours |= {"name": _plain(name), "trainable": config.get("trainable", True)}
    return KerasLayer(
        kind,
        str(name),
        {"class_name": "Sequential" if kind == "Sequential" else "Functional", "config": ours},
        layers=layers,
    )


def translate_part(form: Any, generation: int) -> KerasLayer:
    """What a file says of a layer, or of a model in the place of one, as ours."""
    return (translate_model if is_model(form) else translate_layer)(form, generation)


def _chain(config: Mapping[str, Any], generation: int) -> tuple[list[KerasLayer], dict[str, Any]]:
    shape = config.get("build_input_shape")
    layers = []
    for number, form in enumerate(config["layers"]):
        inside = form.get("config") if isinstance(form, Mapping) else None
        if number == 0 and isinstance(inside, Mapping):
            shape = inside.get("batch_shape") or inside.get("batch_input_shape") or shape
        if not isinstance(form, Mapping) or form.get("class_name") != "InputLayer":
            layers.append(translate_part(form, generation))
    if layers and layers[0].kind == "TextVectorization":
        shape = None  # that of the texts
    return layers, {"layers": [layer.form for layer in layers], "build_input_shape": shape}


def _graph(config: Mapping[str, Any], generation: int) -> tuple[list[KerasLayer], dict[str, Any]]:
    masks, layers, forms = Masks(), [], []
    masks.read([form for form in config["layers"] if isinstance(form, Mapping)])
    first: dict[str, int] = {}  # where the calls of a layer begin to count
    for form in config["layers"]:
        if isinstance(form, Mapping) and is_mask_operation(form):
            continue
        layer = translate_part(form, generation)
        layers.append(layer)
        # Keras 2 counts the call by which a model in the model was made itself.
        first[layer.name] = 1 if generation == 2 and _begins_with_input(layer, form) else 0
        calls = []
        for number, node in enumerate(form.get("inbound_nodes") or ()):
            call = call_of(layer, node, masks)
            if loses_mask(call, node, masks):
                forms.append(without_mask(f"{layer.name}_unmasked_{number}", call))
            calls.append(call)
        forms.append({**layer.form, "calls": calls})

    def placed(tensor: tuple[str, int, int]) -> list[Any]:
        name, call, output = tensor
        if name in masks.operations:
            raise not_a_layer(name, masks.operations[name])
        return [_plain(name), call - first.get(name, 0), output]

    for form in forms:
        for call in form["calls"]:
            for key in ("inputs", "states"):
                call[key] = [placed(tensor) for tensor in call[key]]
    ours: dict[str, Any] = {"layers": forms}
    for key in ("inputs", "outputs"):
        ours[key] = ends(config.get(f"{key[:-1]}_layers"), placed)
    return layers, ours


def _begins_with_input(layer: KerasLayer, form: Mapping[str, Any]) -> bool:
    if layer.layers is None:
        return False
    config = form["config"]
    inner = config if isinstance(config, list) else config["layers"]
    return bool(inner) and inner[0].get("class_name") == "InputLayer"


def _plain(name: str | None) -> str | None:
    """A name as ours may be, without slashes."""
    return None if name is None else name.replace("/", "_")
