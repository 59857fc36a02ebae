"""What a training is told by: its layers, its optimizer and loss, its data.

A checkpoint keeps this, so that no training goes on from the checkpoint of another one.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from sunhwan._engine.config import plain, serialize

from .data import Examples

if TYPE_CHECKING:
    from .model import Model

LEARNING_RATE = "learning rate"


def model_marks(model: Model) -> dict[str, str]:
    """What tells a compiled and built model from others: a name of each mark, and the mark."""
    optimizer: Any = model.optimizer
    names = {name: f"#{place}" for place, name in enumerate(_names(model))}
    settings = optimizer.get_config()
    rate = settings.pop("learning_rate")
    settings.pop("name")
    return {
        "layers": ", ".join(_layer_mark(layer, names) for layer in model.layers),
        "shapes of the weights": ", ".join(str(variable.shape) for variable in model.variables),
        "loss": _mark(model.loss, names),
        "optimizer": f"{type(optimizer).__name__} {_mark(settings, {})}",
        LEARNING_RATE: _mark(rate, {}),
    }


def data_marks(source: Any, name: str) -> dict[str, str]:
    """What tells data from other data: their number of rows and a checksum of what they hold."""
    if not isinstance(source, Examples):
        return {f"kind of {name}": "nothing" if source is None else "batches"}
    number = checksum([*source.feed.arrays, source.places, *_flat((source.y, source.weight))])
    return {
        f"kind of {name}": "rows",
        f"number of rows of {name}": str(source.rows),
        f"checksum of {name}": f"{number:08x}",
    }


def checksum(arrays: Iterable[Any], start: int = 0) -> int:
    """The CRC-32 of the bytes, shapes and kinds of arrays."""
    for array in arrays:
        values = np.asarray(array)
        start = zlib.crc32(f"{values.shape}{values.dtype.str}".encode(), start)
        start = zlib.crc32(np.ascontiguousarray(values).data, start)
    return start


def difference(was: dict[str, str], now: dict[str, str]) -> str | None:
    """In words, the first mark in which two trainings differ; `None` if there is none."""
    for name in [*was, *now]:
        before, after = was.get(name, "nothing"), now.get(name, "nothing")
        if before != after:
            return f"the {name}: {_shortened(before)} there, {_shortened(after)} here"
    return None


def _layer_mark(layer: Any, names: dict[str, str]) -> str:
    try:
        number = zlib.crc32(_mark(layer.get_config(), names).encode())
    except (AttributeError, TypeError, ValueError):  # a user's layer without a config
        return type(layer).__name__
    return f"{type(layer).__name__} {number:08x}"


def _mark(thing: Any, names: dict[str, str]) -> str:
    """Settings as text, without the names that layers get by the order in which they were made."""

    def cleaned(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: cleaned(item) for key, item in value.items()}
        if isinstance(value, list):
            return [cleaned(item) for item in value]
        return names.get(value, value) if isinstance(value, str) else value

    try:
        given = isinstance(thing, (dict, list, tuple, int, float))
        form = thing if given else serialize(thing)
        return json.dumps(cleaned(plain(form)), sort_keys=True, default=_kind)
    except ValueError:  # it has no config
        return _kind(thing)


def _kind(thing: Any) -> str:
    return type(thing).__name__


def _names(thing: Any) -> list[str]:
    return [thing.name, *(name for child in thing.children for name in _names(child))]


def _flat(values: Any) -> Iterable[Any]:
    if isinstance(values, (list, tuple)):
        for value in values:
            yield from _flat(value)
    elif values is not None:
        yield values


def _shortened(text: str) -> str:
    return text if len(text) <= 160 else f"{text[:157]}..."
