"""What users hand in, as the arrays that the engine computes on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


def as_numbers(values: Any, name: str) -> np.ndarray:
    """`values` as an array of a numeric dtype.

    Raises:
        ValueError: they are no numbers, or ragged; `name` says which argument.

    >>> as_numbers(["a"], "y_pred")
    Traceback (most recent call last):
        ...
    ValueError: y_pred must hold numbers, got dtype <U1
    """
    array = _as_array(values, name)
    if array.dtype.kind not in "fiub":
        raise ValueError(f"{name} must hold numbers, got dtype {array.dtype}")
    return array


def as_floats(values: Any, name: str) -> np.ndarray:
    """`values` as a C-contiguous float32 array.

    Raises:
        ValueError: they are no numbers, ragged, without features, or not finite; `name` says
            which argument.
    """
    array = as_numbers(values, name)
    if array.ndim == 0:
        raise ValueError(f"{name} must be an array of rows, got a single number")
    if array.ndim > 1 and array.shape[-1] == 0:
        raise ValueError(f"{name} must have at least one feature, got shape {array.shape}")
    with np.errstate(over="ignore"):  # what float32 cannot hold is reported as infinite
        array = np.ascontiguousarray(array, np.float32)
    check_finite(array, name)
    return array


def as_targets(values: Any, name: str) -> Any:
    """Targets or weights: an array of a numeric dtype, or for ragged rows a list of arrays.

    Raises:
        ValueError: they are no numbers, or not finite.
    """
    values = without_frame(values)
    if is_ragged(values):
        return [as_targets(row, name) for row in values]
    array = as_numbers(values, name)
    if array.ndim == 0:
        raise ValueError(f"{name} must have one entry for each row, got a single number")
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
        hint = ": layers.TextVectorization turns texts into ids" if array.dtype.kind in "US" else ""
        raise ValueError(f"{name} must hold integer ids, got dtype {array.dtype}{hint}")
    if array.size and (array.min() < 0 or array.max() >= limit):
        bad = array.min() if array.min() < 0 else array.max()
        raise ValueError(
            f"{name} must hold ids from 0 to {limit - 1} (input_dim={limit}), got {int(bad)}"
        )
    return np.ascontiguousarray(array, np.int32)


def is_ragged(values: Any) -> bool:
    """Whether `values` is a list, or an array of objects, whose rows differ in length."""
    if isinstance(values, np.ndarray) and values.dtype != object:
        return False
    if not isinstance(values, (list, tuple, np.ndarray)) or not len(values):
        return False
    if not all(isinstance(row, (list, tuple, np.ndarray)) for row in values):
        return False
    first = np.shape(values[0])[:1]
    return any(len(row) != first[0] for row in values) if first else False


def ragged_rows(
    values: Any, name: str, convert: Callable[[Any, str], np.ndarray]
) -> list[np.ndarray]:
    """The rows of ragged `values`, each converted; `ValueError` naming the first that differs.

    All rows are converted by one call, so that a list of many short rows is not slow.
    """
    rows = [np.asarray(row) for row in values]
    features = next((row.shape[1:] for row in rows if len(row)), rows[0].shape[1:])
    for number, row in enumerate(rows):
        if len(row) and row.shape[1:] != features:
            raise ValueError(
                f"{name}: row {number} has steps of shape {row.shape[1:]}, row 0 of {features}"
            )
    rows = [row if len(row) else np.zeros((0, *features), np.float32) for row in rows]
    filled = [row for row in rows if len(row)] or rows[:1]
    flat = convert(np.concatenate(filled), name)
    return np.split(flat, np.cumsum([len(row) for row in rows])[:-1])


def without_frame(values: Any) -> Any:
    """What a pandas or polars frame or series or a tensor of another package holds, as an array.

    Anything else is returned as it came.
    """
    if isinstance(values, (np.ndarray, np.generic)):
        return values
    if hasattr(values, "to_numpy"):
        return values.to_numpy()
    return np.asarray(values) if hasattr(values, "__array__") else values


def _as_array(values: Any, name: str) -> np.ndarray:
    """A NumPy array from an array, a list, or a pandas or polars frame or series."""
    if type(values) is not np.ndarray and np.ma.is_masked(values):
        raise ValueError(f"{name} must have no masked entries, got a masked array: fill them")
    try:
        array = np.asarray(without_frame(values))
        # An array of lists, as data sets of texts come, is as good as a list of lists.
        return np.asarray(array.tolist()) if array.dtype == object else array
    except ValueError:
        raise ValueError(f"{name} must be an array, got rows of different shapes") from None
