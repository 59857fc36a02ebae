"""The base of all learning-rate schedules, and their registry."""

from __future__ import annotations

from abc import ABC, abstractmethod

from sunhwan._engine.arguments import check_number
from sunhwan._engine.config import Configured
from sunhwan._engine.registry import Registry


class LearningRateSchedule(Configured, ABC):
    """A learning rate for each step. Subclass it, write `__call__`, keep arguments as attributes.

    >>> class Half(LearningRateSchedule):
    ...     def __call__(self, step):
    ...         return 0.5**step
    >>> Half()(2)
    0.25
    """

    @abstractmethod
    def __call__(self, step: float) -> float:
        """Return the learning rate after `step` steps, 0 for the first."""


SCHEDULES = Registry("learning rate schedule", LearningRateSchedule)


def check_steps(value: float, name: str) -> float:
    """Return `value`, or raise a ValueError where it is not above 0."""
    check_number(name, value, "a number above 0", lambda number: number > 0)
    return value
