"""Checks of what all optimizers take."""

from __future__ import annotations

import math
from typing import Any

import numpy as np


def check_rate(value: Any) -> float:
    """Return a learning rate as a float.

    Raises:
        ValueError: it is no finite number of zero or more.
    """
    if not _is_number(value) or not math.isfinite(value) or value < 0:
        raise ValueError(
            f"learning_rate must be a finite number of zero or more, a schedule or a function, "
            f"got {value!r}"
        )
    return float(value)


def check_optional(value: Any, name: str) -> float | None:
    """Return `None` or a number of zero or more, else raise a ValueError."""
    return None if value is None else check_number(value, name)


def check_number(value: Any, name: str) -> float:
    """Return a number of zero or more, else raise a ValueError."""
    if not _is_number(value) or not value >= 0:
        raise ValueError(f"{name} must be a number of zero or more, got {value!r}")
    return float(value)


def check_share(value: Any, name: str) -> float:
    """Return a number in [0, 1], else raise a ValueError."""
    if not _is_number(value) or not 0 <= value <= 1:
        raise ValueError(f"{name} must be a number in [0, 1], got {value!r}")
    return float(value)


def check_beta(value: Any, name: str) -> float:
    """Return a number in [0, 1), else raise a ValueError."""
    if not _is_number(value) or not 0 <= value < 1:
        raise ValueError(f"{name} must be a number in [0, 1), got {value!r}")
    return float(value)


def check_count(value: Any, name: str, least: int) -> int | None:
    """Return `None` or a whole number from `least` on, else raise a ValueError."""
    if value is None:
        return None
    if not isinstance(value, (int, np.integer)) or isinstance(value, bool) or value < least:
        raise ValueError(f"{name} must be None or an integer of {least} or more, got {value!r}")
    return int(value)


def check_one_clip(
    clipnorm: float | None, clipvalue: float | None, global_clipnorm: float | None
) -> None:
    """Raise a ValueError where more than one way of clipping is given."""
    given = {"clipnorm": clipnorm, "clipvalue": clipvalue, "global_clipnorm": global_clipnorm}
    given = {name: value for name, value in given.items() if value is not None}
    if len(given) > 1:
        text = ", ".join(f"{name}={value}" for name, value in given.items())
        raise ValueError(
            f"only one of clipnorm, clipvalue and global_clipnorm may be set, got {text}"
        )


def clip_scale(norm: float, limit: float) -> float:
    """Return what brings a norm down to `limit`; NaN where the norm is not finite."""
    return limit / max(norm, limit) if math.isfinite(norm) else math.nan


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)
