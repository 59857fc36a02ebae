"""A model out of a file of Keras, or the weights of one into a model of ours."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sunhwan._engine.allowed_shapes import allowed_shapes
from sunhwan._engine.custom_objects import custom_object_scope

from .keras_file import KerasFile, open_keras
from .keras_layers import KerasLayer, translate_layer
from .keras_training import restore_training
from .keras_weights import converted, from_cudnn, layer_weights, lists_in, shapes_of

if TYPE_CHECKING:
    from sunhwan.models.sequential import Sequential

_INPUTS = ("InputLayer",)


def load_keras(
    path: Path, custom_objects: Mapping[str, Any] | None = None, compile: bool = True
) -> Sequential:
    """Read a model that Keras 2 or 3 saved; see `sunhwan.load_model`.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is no such file, or its model has what we have not.
    """
    with custom_object_scope(custom_objects or {}), open_keras(path) as file:
        if file.model is None:
            raise ValueError(f"{path} holds weights alone; build the model and use load_weights")
        layers, shape = _layers_of(file)
        weights = layer_weights(file, layers)
        model = _built(file, layers, shape, weights)
        if compile and file.training:
            restore_training(model, file, any(layer.converts for layer in layers))
        return model


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
    for layer, own in zip(model.layers, weights, strict=True):
        _check_fit(layer, own, path)
    for layer, own in zip(model.layers, weights, strict=True):
        layer.set_weights(own)


def _stand_in(layer: Any) -> KerasLayer:
    """A layer of ours as one of a file."""
    kind = type(layer).__name__
    names = {"Bidirectional": ("forward_layer", "backward_layer"), "TimeDistributed": ("layer",)}
    parts = zip(names.get(kind, ()), layer.children, strict=False)
    stand_in = KerasLayer(kind, layer.name, {}, {name: _stand_in(child) for name, child in parts})
    stand_in.conversions.append(partial(from_cudnn, kind))
    return stand_in


def _in_order(file: KerasFile, model: Any, layers: list[KerasLayer]) -> list[list[np.ndarray]]:
    lists = lists_in(file)
    own = [layer for layer, ours in zip(layers, model.layers, strict=True) if ours.variables]
    if len(lists) != len(own):
        raise ValueError(
            f"{file.name} has the weights of {len(lists)} layers, but model {model.name!r} has "
            f"{len(own)} with weights"
        )
    found = iter(lists)
    return [converted(one, next(found)) if one in own else [] for one in layers]


def _check_fit(layer: Any, weights: list[np.ndarray], path: Path) -> None:
    ours, given = [v.shape for v in layer.variables], [array.shape for array in weights]
    if ours != given:
        raise ValueError(
            f"{path}: layer {layer.name!r} needs weights of the shapes {ours}, got {given}"
        )


def _layers_of(file: KerasFile) -> tuple[list[KerasLayer], Any]:
    """The layers without the inputs, and the shape of a batch of inputs or `None`."""
    assert file.model is not None
    kind, config = file.model.get("class_name"), file.model.get("config")
    if kind != "Sequential":
        raise ValueError(f"{file.name}: its model must be Sequential, got {kind!r}")
    if isinstance(config, list):  # Keras 2.0 and 2.1
        config = {"layers": config}
    if not isinstance(config, Mapping) or not isinstance(config.get("layers"), list):
        raise ValueError(f"{file.name}: its model has no list of layers")
    shape = config.get("build_input_shape")
    layers = []
    for number, form in enumerate(config["layers"]):
        inside = form.get("config") if isinstance(form, Mapping) else None
        if number == 0 and isinstance(inside, Mapping):
            shape = inside.get("batch_shape") or inside.get("batch_input_shape") or shape
        if isinstance(form, Mapping) and form.get("class_name") in _INPUTS:
            continue
        layers.append(translate_layer(form, file.generation))
    return layers, shape


def _built(
    file: KerasFile, layers: list[KerasLayer], shape: Any, weights: list[list[np.ndarray]]
) -> Sequential:
    from sunhwan.models.sequential import Sequential

    assert file.model is not None
    config = file.model["config"]
    name = config.get("name") if isinstance(config, Mapping) else None
    ours = {
        "name": None if name is None else str(name).replace("/", "_"),
        "layers": [layer.form for layer in layers],
        "build_input_shape": shape,
    }
    with allowed_shapes(shapes_of(weights)):
        model = Sequential.from_config(ours)
    if model.built:
        for layer, own in zip(model.layers, weights, strict=True):
            _check_fit(layer, own, Path(file.name))
            layer.set_weights(own)
    return model
