"""The learning rate: a number, a schedule or a function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from sunhwan.optimizers import schedules
from sunhwan.optimizers.options import check_rate

Rate = float | schedules.LearningRateSchedule | Callable[[], float]


def as_rate(value: Any) -> Rate:
    """Return what a user gave, a schedule's config among others, as a rate.

    Raises:
        ValueError: it is a number out of range, or nothing of these.
    """
    rate: Any = schedules.deserialize(value) if isinstance(value, Mapping) else value
    return cast("Rate", rate) if callable(rate) else check_rate(rate)


def rate_at(rate: Rate, calls: int) -> float:
    """Return the rate after `calls` calls."""
    if isinstance(rate, schedules.LearningRateSchedule):
        return float(rate(calls))
    return float(rate() if callable(rate) else rate)


def changed(rate: Rate, value: Any, optimizer: str) -> Rate:
    """Return what takes the place of `rate` where a user assigns `value`.

    Raises:
        TypeError: it is a number, and a schedule decides.
        ValueError: it is a number out of range.
    """
    if isinstance(rate, schedules.LearningRateSchedule) and not callable(value):
        raise TypeError(
            f"the learning rate of {optimizer} follows {rate!r} and cannot be set; make the "
            "optimizer with a number to set it later"
        )
    return as_rate(value)
