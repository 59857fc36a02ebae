"""Checks of plain arguments: each returns what it was given in one type, or says what came."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from os import PathLike
from pathlib import Path
from typing import Any, SupportsIndex

import numpy as np

LARGEST = 2**31 - 1  # of sizes and indices


def check_count(name: str, value: Any, least: int = 1) -> int:
    """Return the argument `name` as an integer of `least` or more.

    Raises:
        ValueError: it is none.

    >>> check_count("units", 0)
    Traceback (most recent call last):
        ...
    ValueError: units must be a positive integer, got 0
    """
    try:
        number = operator.index(value)
    except TypeError:
        number = least - 1
    if isinstance(value, bool) or not least <= number <= LARGEST:
        wanted = "a positive integer" if least == 1 else f"an integer of {least} or more"
        wanted += f" and at most {LARGEST}" if number > LARGEST else ""
        raise ValueError(f"{name} must be {wanted}, got {value!r}")
    return number


def optional_count(name: str, value: Any, least: int = 1) -> int | None:
    """Return the argument `name` as `None` or an integer of `least` or more, else `ValueError`."""
    return None if value is None else check_count(name, value, least)


def check_integer(name: str, value: Any) -> int:
    """Return the argument `name` as an integer of any sign, else `ValueError`."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise ValueError(f"{name} must be an integer, got {value!r}")
    return int(value)


def check_number(
    name: str,
    value: Any,
    expected: str = "a finite number",
    allows: Callable[[float], bool] = math.isfinite,
) -> float:
    """Return the argument `name` as a finite float.

    Args:
        name: which argument.
        value: what came.
        expected: what the error says that it must be.
        allows: whether a finite number will do.

    Raises:
        ValueError: it is no such number.

    >>> check_number("delta", -1, "a positive number", lambda number: number > 0)
    Traceback (most recent call last):
        ...
    ValueError: delta must be a positive number, got -1
    """
    real = isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)
    try:
        number = float(value) if real else math.nan
    except OverflowError:
        number = math.inf
    if not math.isfinite(number) or not allows(number):
        raise ValueError(f"{name} must be {expected}, got {value!r}")
    return number


def check_positive(name: str, value: Any) -> float:
    """Return the argument `name` as a finite number above 0, else `ValueError`."""
    return check_number(name, value, "a positive number", lambda number: number > 0)


def check_not_negative(name: str, value: Any) -> float:
    """Return the argument `name` as a finite number of zero or more, else `ValueError`."""
    return check_number(name, value, "a number of zero or more", lambda number: number >= 0)


def check_share(name: str, value: Any) -> float:
    """Return the argument `name` as a number in [0, 1], else `ValueError`."""
    return check_number(name, value, "a number from 0 to 1", lambda number: 0 <= number <= 1)


def check_flag(name: str, value: Any) -> bool:
    """Return the argument `name` as a bool; 0 and 1 will do.

    Raises:
        ValueError: it is something else.

    >>> check_flag("shuffle", "no")
    Traceback (most recent call last):
        ...
    ValueError: shuffle must be True or False, got 'no'
    """
    if not isinstance(value, (bool, int, np.bool_, np.integer)) or value not in (0, 1):
        raise ValueError(f"{name} must be True or False, got {value!r}")
    return bool(value)


def flag_or_false(name: str, value: Any) -> bool:
    """The same, with `None` for false."""
    return False if value is None else check_flag(name, value)


def check_shape(name: str, value: Any) -> tuple[int | None, ...]:
    """Return the argument `name`, a sequence, as a tuple of positive integers and `None`.

    Raises:
        ValueError: it is something else.

    >>> check_shape("input_shape", [None, -2])
    Traceback (most recent call last):
        ...
    ValueError: input_shape must be a tuple of positive integers and None, got [None, -2]
    """
    try:
        return tuple(optional_count(name, axis) for axis in value)
    except (TypeError, ValueError):
        raise ValueError(
            f"{name} must be a tuple of positive integers and None, got {value!r}"
        ) from None


def check_batch_shape(name: str, value: Any) -> tuple[int | None, ...]:
    """Return the argument `name`, the shape of a batch or an array, as a tuple.

    Raises:
        ValueError: it is something else.

    >>> check_batch_shape("input_shape", 3)
    Traceback (most recent call last):
        ...
    ValueError: input_shape must be a tuple of integers and None, such as (None, 32), got 3
    """
    axes = tuple(value) if isinstance(value, (list, tuple)) else ()
    for axis in axes or (True,):
        whole = axis is None or (isinstance(axis, SupportsIndex) and not isinstance(axis, bool))
        if not whole or (axis is not None and int(axis) < 0):
            raise ValueError(
                f"{name} must be a tuple of integers and None, such as (None, 32), got {value!r}"
            )
    return tuple(None if axis is None else int(axis) for axis in axes)


def check_path(name: str, value: Any) -> Path:
    """Return the argument `name`, a path of a file; `TypeError` if it is something else."""
    path = value.__fspath__() if isinstance(value, PathLike) else value
    if not isinstance(path, str):
        raise TypeError(f"{name} must be the path of a file, got {value!r}")
    return Path(path)


def check_folder(name: str, value: Any) -> Path:
    """Return the argument `name`, a path of a folder; `ValueError` if it is something else."""
    if not value or not isinstance(value, (str, PathLike)):
        raise ValueError(f"{name} must be the path of a folder, got {value!r}")
    return Path(value)


def check_axis(axis: Any) -> Any:
    """Return the argument `axis`, an integer or several, as an int or a tuple.

    Raises:
        ValueError: it is neither.
    """
    entries = tuple(axis) if isinstance(axis, (list, tuple)) else (axis,)
    if not entries or any(isinstance(a, bool) or not isinstance(a, int) for a in entries):
        raise ValueError(f"axis must be an integer or a list of integers, got {axis!r}")
    return entries if isinstance(axis, (list, tuple)) else axis
