"""Schedules that follow a cosine."""

from __future__ import annotations

import math

from sunhwan.optimizers.schedules.schedule import SCHEDULES, LearningRateSchedule, check_steps


@SCHEDULES.register()
class CosineDecay(LearningRateSchedule):
    """Half a cosine from the initial rate down to ``alpha`` times it.

    ``rate * ((1 - alpha) * (1 + cos(pi * min(step, decay_steps) / decay_steps)) / 2 + alpha)``.
    With a `warmup_target`, a straight line from the initial rate to the target over
    `warmup_steps` comes first, and the cosine starts from the target. Loshchilov and Hutter,
    "SGDR: stochastic gradient descent with warm restarts" (2017).

    Args:
        initial_learning_rate: the rate at step 0.
        decay_steps: a number above 0: how long the cosine is, without the warm-up.
        alpha: what is left at the end, as a share. Default 0.
        name: a name.
        warmup_target: a rate, or `None` (default).
        warmup_steps: how long the warm-up is. Default 0.

    Raises:
        ValueError: `decay_steps` is not above 0.

    >>> round(CosineDecay(0.1, decay_steps=10)(5), 4)
    0.05
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        alpha: float = 0.0,
        name: str = "CosineDecay",
        warmup_target: float | None = None,
        warmup_steps: float = 0,
    ) -> None:
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = check_steps(decay_steps, "decay_steps")
        self.alpha = alpha
        self.name = name
        self.warmup_target = warmup_target
        self.warmup_steps = warmup_steps

    def __call__(self, step: float) -> float:
        rate = self.initial_learning_rate
        if self.warmup_target is not None:
            if step < self.warmup_steps:
                return rate + (self.warmup_target - rate) * step / self.warmup_steps
            step, rate = step - self.warmup_steps, self.warmup_target
        part = min(step, self.decay_steps) / self.decay_steps
        return rate * ((1 - self.alpha) * half_cosine(part) + self.alpha)


@SCHEDULES.register()
class CosineDecayRestarts(LearningRateSchedule):
    """Half cosines one after the other, each `t_mul` times as long and `m_mul` times as high.

    Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts" (2017).

    Args:
        initial_learning_rate: the rate at step 0.
        first_decay_steps: a number above 0: the length of the first cosine.
        t_mul: how much longer each next one is, 1 or more. Default 2.
        m_mul: how much higher each next one starts. Default 1.
        alpha: what is left at the end of each, as a share of the first rate. Default 0.
        name: a name.

    Raises:
        ValueError: `first_decay_steps` is not above 0, or `t_mul` is below 1.

    >>> schedule = CosineDecayRestarts(0.1, 10)
    >>> round(schedule(9), 4), round(schedule(10), 4), round(schedule(20), 4)
    (0.0024, 0.1, 0.05)
    """

    def __init__(
        self,
        initial_learning_rate: float,
        first_decay_steps: float,
        t_mul: float = 2.0,
        m_mul: float = 1.0,
        alpha: float = 0.0,
        name: str = "SGDRDecay",
    ) -> None:
        if not t_mul >= 1:
            raise ValueError(f"t_mul must be a number of 1 or more, got {t_mul!r}")
        self.initial_learning_rate = initial_learning_rate
        self.first_decay_steps = check_steps(first_decay_steps, "first_decay_steps")
        self.t_mul = t_mul
        self.m_mul = m_mul
        self.alpha = alpha
        self.name = name

    def __call__(self, step: float) -> float:
        # Restarts come after 1, 1 + t, 1 + t + t^2, ... first lengths; counted, not computed by a
        # logarithm, which would miss them by a rounding.
        start, length, height = 0.0, float(self.first_decay_steps), 1.0
        if self.t_mul == 1:
            restarts = math.floor(step / length)
            start, height = restarts * length, self.m_mul**restarts
        while self.t_mul > 1 and step >= start + length:
            start, length, height = start + length, length * self.t_mul, height * self.m_mul
        curve = height * half_cosine((step - start) / length)
        return self.initial_learning_rate * ((1 - self.alpha) * curve + self.alpha)


def half_cosine(part: float) -> float:
    """1 at 0, down to 0 at 1."""
    return 0.5 * (1 + math.cos(math.pi * part))
