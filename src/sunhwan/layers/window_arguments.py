"""What layers of windows and of whole rows check of their arguments."""

from __future__ import annotations

from typing import Any

import numpy as np


def one_of(value: Any, name: str, choices: tuple[str, ...]) -> str:
    """`value` in lower case; `ValueError` unless it is one of `choices`."""
    if isinstance(value, str) and value.lower() in choices:
        return value.lower()
    quoted = [repr(choice) for choice in choices]
    listed = f"{', '.join(quoted[:-1])} or {quoted[-1]}"
    raise ValueError(f"{name} must be {listed}, got {value!r}")


def two_counts(value: Any, name: str) -> tuple[int, int]:
    """`value`, a count or a sequence of two, as a pair (in front, behind).

    Raises:
        ValueError: it is neither; `name` says which argument.

    >>> two_counts(2, "padding"), two_counts([0, 1], "padding")
    ((2, 2), (0, 1))
    """
    pair = value if isinstance(value, (tuple, list)) else (value, value)
    if len(pair) != 2 or not all(
        isinstance(one, (int, np.integer)) and not isinstance(one, bool) and one >= 0
        for one in pair
    ):
        raise ValueError(f"{name} must be a count of zero or more, or two of them, got {value!r}")
    return int(pair[0]), int(pair[1])


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
