"""The weights in Keras's files, layer by layer, as our layers want them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from sunhwan._engine.registry import snake_case

from .cudnn import gru_weights, is_cudnn, lstm_weights
from .keras_file import KerasFile
from .keras_layers import RECURRENT, KerasLayer


@dataclass
class Weights:
    """The weights of one layer.

    Attributes:
        path: the names of the models that it is in, and its own.
        arrays: in the order and layout of ours.
    """

    path: tuple[str, ...]
    arrays: list[np.ndarray]


def layer_weights(file: KerasFile, layers: Sequence[KerasLayer]) -> list[Weights]:
    """The weights of each layer that is no model, in the order of the file.

    Args:
        file: an open file.
        layers: all layers of the model, in order.

    Raises:
        ValueError: what the file has cannot be read.
    """
    found = _from_tree(file, file.tree, layers) if file.tree else _from_lists(file, layers)
    return [
        Weights(tuple(one.name for one in path), converted(path[-1], arrays))
        for path, arrays in found
    ]


Found = Iterator[tuple[tuple[KerasLayer, ...], list[np.ndarray]]]


def _from_tree(file: KerasFile, tree: str, layers: Sequence[KerasLayer]) -> Found:
    """Groups named after the layers' classes, numbered from the second of a class on."""
    seen: Counter[str] = Counter()
    for layer in layers:
        name = snake_case(layer.kind)
        number = seen[name]
        seen[name] += 1
        group = f"{tree}/{name}_{number}" if number else f"{tree}/{name}"
        if layer.layers is None:
            yield (layer,), _of_group(file, group, layer)
            continue
        inner = f"{group}/{tree.rpartition('/')[2]}"
        for path, arrays in _from_tree(file, inner, layer.layers):
            yield (layer, *path), arrays


def _of_group(file: KerasFile, group: str, layer: KerasLayer) -> list[np.ndarray]:
    if layer.layers is not None:  # a model that is wrapped
        inside = _from_tree(file, f"{group}/{(file.tree or '').rpartition('/')[2]}", layer.layers)
        return [array for path, arrays in inside for array in converted(path[-1], arrays)]
    if layer.parts:
        return [
            array
            for part, inner in layer.parts.items()
            for array in _of_group(file, f"{group}/{part}", inner)
        ]
    place = f"{group}/cell/vars" if layer.kind in RECURRENT else f"{group}/vars"
    if not file.store.has(place):
        return []
    count = len(file.store.names(place))
    return [file.store.array(f"{place}/{number}") for number in range(count)]


def _from_lists(file: KerasFile, layers: Sequence[KerasLayer]) -> Found:
    """Lists under the layers' names; those of a model are of all its layers together."""
    for layer in layers:
        names = _list(file, layer.name)
        if any(part.layers is not None for part in layer.parts.values()):
            raise ValueError(
                f"{file.name}: layer {layer.name!r} wraps a model, whose weights are found in "
                "'.keras' and '.weights.h5' files alone: save it anew as one of these"
            )
        if layer.layers is None:
            yield (layer,), [file.store.array(name) for name in names]
            continue
        own: dict[tuple[str, ...], list[np.ndarray]] = {}
        leaves = list(_leaves(layer))
        for name in names:
            fitting = [path for path in leaves if path[-1].name in name.split("/")[2:-1]]
            if len(fitting) != 1:
                raise ValueError(f"{file.name}: {name!r} belongs to no one layer of {layer.name!r}")
            key = tuple(one.name for one in fitting[0])
            own.setdefault(key, []).append(file.store.array(name))
        for path in leaves:
            yield path, own.get(tuple(one.name for one in path), [])


def _leaves(model: KerasLayer) -> Iterator[tuple[KerasLayer, ...]]:
    """The layers of a model that are no models, each behind those that it is in."""
    for layer in model.layers or ():
        if layer.layers is None:
            yield model, layer
        else:
            yield from ((model, *path) for path in _leaves(layer))


def lists_in(file: KerasFile) -> list[list[np.ndarray]]:
    """The weights of the layers that have any, in the order of the file's model."""
    names = file.store.texts(file.flat or "/", "layer_names") or []
    lists = ([file.store.array(one) for one in _list(file, name)] for name in names)
    return [arrays for arrays in lists if arrays]


def _list(file: KerasFile, layer: str) -> list[str]:
    """Where the weights of a layer are."""
    group = f"{(file.flat or '').rstrip('/')}/{layer}"
    if not file.store.has(group):
        return []
    return [f"{group}/{name}" for name in file.store.texts(group, "weight_names") or []]


def converted(layer: KerasLayer, arrays: list[np.ndarray]) -> list[np.ndarray]:
    """The arrays of a layer after its own conversions, or those of the layers that it wraps."""
    if layer.parts and layer.converts:
        share = len(arrays) // len(layer.parts)
        return [
            array
            for number, part in enumerate(layer.parts.values())
            for array in converted(part, arrays[number * share : (number + 1) * share])
        ]
    for convert in layer.conversions if arrays else ():
        arrays = convert(arrays)
    return arrays


def from_cudnn(kind: str, arrays: list[np.ndarray]) -> list[np.ndarray]:
    """A file's arrays for an LSTM or GRU of ours, which may be a cuDNN layer's."""
    for ours, gates, convert in (("LSTM", 4, lstm_weights), ("GRU", 3, gru_weights)):
        if kind == ours and is_cudnn(arrays, gates):
            return convert(arrays)
    return arrays
