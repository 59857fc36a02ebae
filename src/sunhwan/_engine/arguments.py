"""Checks of plain arguments: each returns what it was given in one type, or says what came."""

from __future__ import annotations

import math
import operator
from typing import Any

import numpy as np


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
    if isinstance(value, bool) or number < least:
        wanted = "a positive integer" if least == 1 else f"an integer of {least} or more"
        raise ValueError(f"{name} must be {wanted}, got {value!r}")
    return number


def optional_count(name: str, value: Any, least: int = 1) -> int | None:
    """Return the argument `name` as `None` or an integer of `least` or more, else `ValueError`."""
    return None if value is None else check_count(name, value, least)


def check_number(name: str, value: Any, expected: str = "a finite number") -> float:
    """Return the argument `name` as a finite float.

    Args:
        name: which argument.
        value: what came.
        expected: what the error says that it must be.

    Raises:
        ValueError: it is no number, or not finite.
    """
    real = isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)
    if not real or not math.isfinite(value):
        raise ValueError(f"{name} must be {expected}, got {value!r}")
    return float(value)


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
