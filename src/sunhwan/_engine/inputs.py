"""What users hand in, as the arrays that the engine computes on."""

from __future__ import annotations

from typing import Any

import numpy as np


def as_floats(values: Any, name: str) -> np.ndarray:
    """`values` as a C-contiguous float32 array.

    Raises:
        ValueError: they are no numbers, ragged, or not finite; `name` says which argument.
    """
    array = _as_array(values, name)
    if array.dtype.kind not in "fiub":
        raise ValueError(f"{name} must hold numbers, got dtype {array.dtype}")
    array = np.ascontiguousarray(array, np.float32)
    check_finite(array, name)
    return array


def check_finite(array: np.ndarray, name: str) -> None:
    """`ValueError` naming the first NaN or infinity."""
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        place = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise ValueError(f"{name} must be finite, got {array[place]} at {list(place)}")


def as_ids(values: Any, limit: int, name: str) -> np.ndarray:
    """`values` as a C-contiguous int32 array of ids in `[0, limit)`.

    Whole numbers of a floating dtype are taken as ids, as Keras does.

    Raises:
        ValueError: they are no whole numbers, or one is out of range.
    """
    array = _as_array(values, name)
    if array.dtype.kind == "f":
        check_finite(array, name)
        if np.any(array != np.floor(array)):
            raise ValueError(f"{name} must hold integer ids, got dtype {array.dtype}, fractions")
    elif array.dtype.kind not in "iub":
        raise ValueError(f"{name} must hold integer ids, got dtype {array.dtype}")
    if array.size and (array.min() < 0 or array.max() >= limit):
        bad = array.min() if array.min() < 0 else array.max()
        raise ValueError(
            f"{name} must hold ids from 0 to {limit - 1} (input_dim={limit}), got {int(bad)}"
        )
    return np.ascontiguousarray(array, np.int32)


def _as_array(values: Any, name: str) -> np.ndarray:
    """A NumPy array from an array, a list, or a pandas or polars frame or series."""
    if hasattr(values, "to_numpy") and not isinstance(values, np.ndarray):
        values = values.to_numpy()
    try:
        return np.asarray(values)
    except ValueError:
        raise ValueError(f"{name} must be an array, got rows of different shapes") from None
