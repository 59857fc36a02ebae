"""The arguments that layers with windows have in common, checked."""

from __future__ import annotations

import operator
from typing import Any


def one_integer(value: Any, name: str) -> tuple[int]:
    """`value`, a positive integer or a sequence of one, as Keras keeps it.

    Raises:
        ValueError: it is neither; `name` says which argument.
    """
    entries = tuple(value) if isinstance(value, (tuple, list)) else (value,)
    try:
        whole = [operator.index(entry) for entry in entries if not isinstance(entry, bool)]
    except TypeError:
        whole = []
    if len(entries) != 1 or whole != list(entries) or whole[0] < 1:
        raise ValueError(f"{name} must be a positive integer, got {value!r}")
    return (whole[0],)


def one_of(value: Any, name: str, choices: tuple[str, ...]) -> str:
    """`value` in lower case; `ValueError` unless it is one of `choices`."""
    if isinstance(value, str) and value.lower() in choices:
        return value.lower()
    quoted = [repr(choice) for choice in choices]
    listed = f"{', '.join(quoted[:-1])} or {quoted[-1]}"
    raise ValueError(f"{name} must be {listed}, got {value!r}")


def channels_last(data_format: Any) -> str:
    """`data_format` where it is `None` or `"channels_last"`.

    Raises:
        ValueError: it is another; sequences are `(rows, steps, features)` everywhere.
    """
    if data_format == "channels_first":
        raise ValueError(
            "data_format 'channels_first' is not supported: sequences are (rows, steps, features); "
            "put layers.Permute((2, 1)) before and after the layer"
        )
    return one_of(
        data_format or "channels_last", "data_format", ("channels_last", "channels_first")
    )


def check_steps_and_features(input_shape: tuple[Any, ...], layer: str) -> int:
    """How many features the steps of inputs of `input_shape` have.

    Raises:
        ValueError: the shape is not `(rows, steps, features)`, or the features are not known;
            `layer` is named.
    """
    if len(input_shape) != 3:
        raise ValueError(
            f"layer {layer!r} needs input of shape (rows, steps, features), got {input_shape}"
        )
    if input_shape[2] is None:
        raise ValueError(
            f"layer {layer!r} needs to know how many features a step has, got {input_shape}"
        )
    return int(input_shape[2])
