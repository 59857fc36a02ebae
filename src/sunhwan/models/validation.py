"""What `fit` is told about validation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sunhwan._engine.arguments import check_count, check_number


def check_split(validation_split: Any) -> float:
    """Return the share of the rows that is kept for validation, as a float in [0, 1).

    Raises:
        ValueError: it is no such number.
    """
    share = 0.0 if validation_split is None else validation_split
    return check_number("validation_split", share, "in [0, 1)", lambda number: 0 <= number < 1)


def epochs_with_validation(validation_freq: Any) -> Callable[[int], bool]:
    """Return whether an epoch, counted from 1, is followed by a validation.

    Args:
        validation_freq: every so many epochs, or a list of epochs.

    Raises:
        ValueError: it is neither.

    >>> [epoch for epoch in range(1, 8) if epochs_with_validation(3)(epoch)]
    [3, 6]
    >>> [epoch for epoch in range(1, 8) if epochs_with_validation([1, 5])(epoch)]
    [1, 5]
    """
    name = "validation_freq"
    if isinstance(validation_freq, (list, tuple, set)):
        return {check_count(f"{name}, as a list,", epoch) for epoch in validation_freq}.__contains__
    every = check_count(name, validation_freq)
    return lambda epoch: epoch % every == 0
