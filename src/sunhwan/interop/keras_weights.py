"""The weights in Keras's files, layer by layer, as our layers want them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from sunhwan._engine.registry import snake_case

from .cudnn import gru_weights, is_cudnn, lstm_weights
from .keras_file import KerasFile
from .keras_layers import RECURRENT, KerasLayer


def layer_weights(file: KerasFile, layers: Sequence[KerasLayer]) -> list[list[np.ndarray]]:
    """The weights of each layer.

    Args:
        file: an open file.
        layers: all layers of the model but inputs, in order.

    Raises:
        ValueError: the file has none for a layer, or what it has cannot be read.
    """
    found = _from_tree(file, layers) if file.tree else _from_lists(file, layers)
    return [converted(layer, arrays) for layer, arrays in zip(layers, found, strict=True)]


def _from_tree(file: KerasFile, layers: Sequence[KerasLayer]) -> list[list[np.ndarray]]:
    """Groups named after the layers' classes, numbered from the second of a class on."""
    seen: Counter[str] = Counter()
    found = []
    for layer in layers:
        name = snake_case(layer.kind)
        number = seen[name]
        seen[name] += 1
        group = f"{file.tree}/{name}_{number}" if number else f"{file.tree}/{name}"
        found.append(_of_group(file, group, layer))
    return found


def _of_group(file: KerasFile, group: str, layer: KerasLayer) -> list[np.ndarray]:
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


def _from_lists(file: KerasFile, layers: Sequence[KerasLayer]) -> list[list[np.ndarray]]:
    """Lists under the layers' names."""
    return [_list(file, layer.name) for layer in layers]


def lists_in(file: KerasFile) -> list[list[np.ndarray]]:
    """The weights of the layers that have any, in the order of the file's model."""
    names = file.store.texts(file.flat or "/", "layer_names") or []
    return [arrays for arrays in (_list(file, name) for name in names) if arrays]


def _list(file: KerasFile, layer: str) -> list[np.ndarray]:
    group = f"{file.flat}/{layer}"
    if not file.store.has(group):
        return []
    names = file.store.texts(group, "weight_names") or []
    return [file.store.array(f"{group}/{name}") for name in names]


def converted(layer: KerasLayer, arrays: list[np.ndarray]) -> list[np.ndarray]:
    """The arrays of a layer after its own conversions, or those of the layers that it wraps."""
    if layer.parts:
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


def shapes_of(weights: Iterable[Iterable[np.ndarray]]) -> list[tuple[int, ...]]:
    """The shapes of all arrays."""
    return [array.shape for arrays in weights for array in arrays]
