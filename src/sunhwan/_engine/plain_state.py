"""A state, nested data with arrays in it, as JSON and a dictionary of arrays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

Arrays = dict[str, np.ndarray]


def is_plain(value: Any) -> bool:
    """Whether `pack` takes it: numbers, strings, `None`, arrays; lists, tuples, dicts of these."""
    if isinstance(value, (np.ndarray, np.generic)):
        return value.dtype.kind in "biuf"
    if isinstance(value, (list, tuple)):
        return all(map(is_plain, value))
    if isinstance(value, dict):
        return all(isinstance(key, (str, int, float)) for key in value) and all(
            map(is_plain, value.values())
        )
    return value is None or isinstance(value, (bool, int, float, str))


def pack(value: Any, arrays: Arrays, name: str) -> Any:
    """Return `value` as JSON can hold it; arrays go into `arrays`, under names from `name` on.

    Raises:
        TypeError: there is something in it that is no plain data.

    >>> arrays = {}
    >>> pack((1.5, [np.zeros(2)]), arrays, "state")
    {'tuple': [1.5, {'list': [{'array': 'state/1/0'}]}]}
    >>> unpack({"tuple": [1.5, {"list": [{"array": "state/1/0"}]}]}, arrays)
    (1.5, [array([0., 0.])])
    """
    if isinstance(value, (np.ndarray, np.generic)) and is_plain(value):
        arrays[name] = np.array(value, order="C")
        return {"array" if isinstance(value, np.ndarray) else "scalar": name}
    if isinstance(value, (list, tuple)):
        kind = "tuple" if isinstance(value, tuple) else "list"
        return {kind: [pack(item, arrays, f"{name}/{n}") for n, item in enumerate(value)]}
    if isinstance(value, Mapping):
        items = enumerate(value.items())
        return {"dict": [[key, pack(item, arrays, f"{name}/{n}")] for n, (key, item) in items]}
    if not is_plain(value):
        raise TypeError(
            f"{name} must be numbers, strings, arrays, or lists, tuples and dictionaries of these, "
            f"got {value!r} of type {type(value).__name__}"
        )
    return value


def unpack(form: Any, arrays: Mapping[str, np.ndarray]) -> Any:
    """Return what `pack` was given, from what it made.

    Raises:
        ValueError: `form` is nothing that `pack` makes.
        KeyError: an array is missing.
    """
    if not isinstance(form, dict):
        return form
    ((kind, content),) = form.items()
    if kind == "array":
        return arrays[content]
    if kind == "scalar":
        return arrays[content][()]
    if kind == "dict":
        return {key: unpack(item, arrays) for key, item in content}
    if kind in ("list", "tuple"):
        items = [unpack(item, arrays) for item in content]
        return tuple(items) if kind == "tuple" else items
    raise ValueError(f"a state has no part of the kind {kind!r}")
