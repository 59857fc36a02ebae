"""Tensors as Keras's functional configs name them: by layer, number of its call and output.

Keras 3   {"class_name": "__keras_tensor__", "config": {"keras_history": [layer, call, output]}}
Keras 2   [layer, call, output] or [layer, call, output, kwargs]
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Tensor = tuple[str, int, int]


def is_tensor(value: Any) -> bool:
    """Whether a value stands for what a call gives."""
    if isinstance(value, Mapping):
        return value.get("class_name") == "__keras_tensor__"
    return isinstance(value, list) and len(value) > 2 and isinstance(value[0], str)


def history(value: Any) -> Tensor:
    """The layer, the number of its call and that of the output; `ValueError` if there is none."""
    if not is_tensor(value):
        raise ValueError(f"what a layer gives must be told by layer and numbers, got {value!r}")
    if isinstance(value, Mapping):
        value = value["config"]["keras_history"]
    name, call, output = value[:3]
    return str(name), int(call), int(output)


def tensors_in(values: Any) -> Iterator[Any]:
    """The tensors in lists of lists, in order; what else there is, is passed over."""
    if is_tensor(values):
        yield values
    elif isinstance(values, list):
        for value in values:
            yield from tensors_in(value)


def as_list(value: Any) -> list[Any]:
    """The tensors that a value is, one or a list of them; none of `None`."""
    if value is None:
        return []
    return list(value) if isinstance(value, list) and not is_tensor(value) else [value]
