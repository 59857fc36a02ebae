"""Schedules that fall."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence

from sunhwan.optimizers.schedules.schedule import SCHEDULES, LearningRateSchedule, check_steps


@SCHEDULES.register()
class ExponentialDecay(LearningRateSchedule):
    """``initial_learning_rate * decay_rate ** (step / decay_steps)``.

    Args:
        initial_learning_rate: the rate at step 0.
        decay_steps: a number above 0.
        decay_rate: what the rate is multiplied by in `decay_steps` steps.
        staircase: whether ``step / decay_steps`` is rounded down. Default false.
        name: a name.

    Raises:
        ValueError: `decay_steps` is not above 0.

    >>> ExponentialDecay(0.1, decay_steps=10, decay_rate=0.5)(20)
    0.025
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        decay_rate: float,
        staircase: bool = False,
        name: str = "ExponentialDecay",
    ) -> None:
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = check_steps(decay_steps, "decay_steps")
        self.decay_rate = decay_rate
        self.staircase = staircase
        self.name = name

    def __call__(self, step: float) -> float:
        part = step / self.decay_steps
        part = math.floor(part) if self.staircase else part
        return self.initial_learning_rate * self.decay_rate**part


@SCHEDULES.register()
class InverseTimeDecay(LearningRateSchedule):
    """``initial_learning_rate / (1 + decay_rate * step / decay_steps)``.

    Args:
        initial_learning_rate: the rate at step 0.
        decay_steps: a number above 0.
        decay_rate: a number.
        staircase: whether ``step / decay_steps`` is rounded down. Default false.
        name: a name.

    Raises:
        ValueError: `decay_steps` is not above 0.

    >>> InverseTimeDecay(0.1, decay_steps=10, decay_rate=0.5)(20)
    0.05
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        decay_rate: float,
        staircase: bool = False,
        name: str = "InverseTimeDecay",
    ) -> None:
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = check_steps(decay_steps, "decay_steps")
        self.decay_rate = decay_rate
        self.staircase = staircase
        self.name = name

    def __call__(self, step: float) -> float:
        part = step / self.decay_steps
        part = math.floor(part) if self.staircase else part
        return self.initial_learning_rate / (1 + self.decay_rate * part)


@SCHEDULES.register()
class PolynomialDecay(LearningRateSchedule):
    """``(initial - end) * (1 - min(step, decay_steps) / decay_steps) ** power + end``.

    Args:
        initial_learning_rate: the rate at step 0.
        decay_steps: a number above 0: when the end is reached.
        end_learning_rate: default 0.0001.
        power: default 1, a straight line.
        cycle: whether `decay_steps` is multiplied, in place of the minimum, by the least whole
            number that makes it reach the step. Default false.
        name: a name.

    Raises:
        ValueError: `decay_steps` is not above 0.

    >>> PolynomialDecay(0.5, decay_steps=4, end_learning_rate=0.25)(2)
    0.375
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        end_learning_rate: float = 0.0001,
        power: float = 1.0,
        cycle: bool = False,
        name: str = "PolynomialDecay",
    ) -> None:
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = check_steps(decay_steps, "decay_steps")
        self.end_learning_rate = end_learning_rate
        self.power = power
        self.cycle = cycle
        self.name = name

    def __call__(self, step: float) -> float:
        end, steps = self.end_learning_rate, self.decay_steps
        if self.cycle:
            steps *= max(1, math.ceil(step / steps))
        left = 1 - min(step, steps) / steps
        return (self.initial_learning_rate - end) * left**self.power + end


@SCHEDULES.register()
class PiecewiseConstantDecay(LearningRateSchedule):
    """``values[i]`` while ``boundaries[i - 1] < step <= boundaries[i]``.

    Args:
        boundaries: steps, in rising order.
        values: rates, one more than boundaries.
        name: a name.

    Raises:
        ValueError: the lengths do not fit, or the boundaries do not rise.

    >>> schedule = PiecewiseConstantDecay([10, 20], [0.1, 0.01, 0.001])
    >>> schedule(10), schedule(11), schedule(21)
    (0.1, 0.01, 0.001)
    """

    def __init__(
        self, boundaries: Sequence[float], values: Sequence[float], name: str = "PiecewiseConstant"
    ) -> None:
        if len(boundaries) != len(values) - 1:
            raise ValueError(
                f"values must be one more than boundaries, got {len(values)} values and "
                f"{len(boundaries)} boundaries"
            )
        if list(boundaries) != sorted(boundaries):
            raise ValueError(f"boundaries must rise, got {list(boundaries)}")
        self.boundaries = list(boundaries)
        self.values = list(values)
        self.name = name

    def __call__(self, step: float) -> float:
        return self.values[bisect_left(self.boundaries, step)]
