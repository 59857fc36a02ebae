"""What layers of windows and of whole rows check of their arguments."""

from __future__ import annotations

from typing import Any


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
