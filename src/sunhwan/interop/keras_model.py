"""A model out of a file of Keras, or the weights of one into a model of ours."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from sunhwan._engine.allowed_shapes import allowed_shapes
from sunhwan._engine.custom_objects import custom_object_scope
from sunhwan._engine.finite_weights import warn_unless_finite

from .keras_file import KerasFile, open_keras
from .keras_layers import KerasLayer
from .keras_structure import translate_model
from .keras_training import restore_training
from .keras_weights import Weights, converted, from_cudnn, layer_weights, lists_in


def load_keras(
    path: Path, custom_objects: Mapping[str, Any] | None = None, compile: bool = True
) -> Any:
    """Read a model that Keras 2 or 3 saved; see `sunhwan.load_model`.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is no such file, or its model has what we have not.
    """
    from sunhwan.layers import deserialize

    with custom_object_scope(custom_objects or {}), open_keras(path) as file:
        if file.model is None:
            raise ValueError(f"{path} holds weights alone; build the model and use load_weights")
        described = translate_model(file.model, file.generation)
        _give_vocabularies(file, described.layers or [])
        weights = layer_weights(file, described.layers or [])
        with allowed_shapes(array.shape for one in weights for array in one.arrays):
            model: Any = deserialize(described.form)
        layers = _assign(model, weights, path) if model.built else []
        if compile and file.training:
            restore_training(model, file, [] if described.converts else layers)
        return model


def _give_vocabularies(file: KerasFile, layers: list[KerasLayer]) -> None:
    """Put what `TextVectorization` learned, which archives hold beside the config, into it."""
    texts = [layer for layer in layers if layer.kind == "TextVectorization"]
    for number, layer in enumerate(texts):
        name = f"text_vectorization_{number}" if number else "text_vectorization"
        tokens = file.texts.get(f"assets/{file.tree}/{name}/vocabulary.txt")
        if tokens is not None and layer.form["config"].get("vocabulary") is None:
            layer.form["config"]["vocabulary"] = tokens.split("\n")


def load_keras_weights(model: Any, path: Path) -> None:
    """Read the weights that Keras saved into a built model of ours.

    Files of lists (`model.save_weights("x.h5")` of Keras 2, and whole models) fill the layers that
    have weights, in order; files of groups (`.weights.h5`, `.keras`) go by the layers' classes.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is no such file, or its weights do not fit.
    """
    with open_keras(path) as file:
        layers = [_stand_in(layer) for layer in model.layers]
        weights = layer_weights(file, layers) if file.tree else _in_order(file, model, layers)
    _assign(model, weights, path)


def _assign(model: Any, weights: list[Weights], path: Path) -> list[Any]:
    """Give all layers their weights, or none where one does not fit; the layers in this order."""
    layers = []
    for one in weights:
        layer = model
        for name in one.path:
            layer = layer.get_layer(name.replace("/", "_"))
        ours, given = [v.shape for v in layer.variables], [array.shape for array in one.arrays]
        if ours != given:
            raise ValueError(
                f"{path}: layer {layer.name!r} needs weights of the shapes {ours}, got {given}"
            )
        layers.append(layer)
    with np.errstate(over="ignore"):  # what float32 cannot hold is infinite
        for layer, one in zip(layers, weights, strict=True):
            layer.set_weights(one.arrays)
    warn_unless_finite((variable, f"of {path}") for layer in layers for variable in layer.variables)
    return layers


def _stand_in(layer: Any) -> KerasLayer:
    """A layer of ours as one of a file."""
    kind = type(layer).__name__
    stand_in = KerasLayer(kind, layer.name, {})
    if kind in ("Sequential", "Functional"):
        stand_in.layers = [_stand_in(inner) for inner in layer.layers]
        return stand_in
    names = {"Bidirectional": ("forward_layer", "backward_layer"), "TimeDistributed": ("layer",)}
    parts = zip(names.get(kind, ()), layer.children, strict=False)
    stand_in.parts = {name: _stand_in(child) for name, child in parts}
    stand_in.conversions.append(partial(from_cudnn, kind))
    return stand_in


def _in_order(file: KerasFile, model: Any, layers: list[KerasLayer]) -> list[Weights]:
    lists = lists_in(file)
    own = [layer for layer, ours in zip(layers, model.layers, strict=True) if ours.variables]
    if any(layer.layers is not None for layer in own):
        raise ValueError(
            f"{file.name} does not say which weights are those of the models in model "
            f"{model.name!r}; use load_model, or a '.weights.h5' file"
        )
    if len(lists) != len(own):
        raise ValueError(
            f"{file.name} has the weights of {len(lists)} layers, but model {model.name!r} has "
            f"{len(own)} with weights"
        )
    found: list[tuple[KerasLayer, list[np.ndarray]]] = list(zip(own, lists, strict=True))
    return [Weights((layer.name,), converted(layer, arrays)) for layer, arrays in found]
