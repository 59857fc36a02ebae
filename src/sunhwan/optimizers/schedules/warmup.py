"""A slow beginning before any other schedule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sunhwan._engine.arguments import check_not_negative
from sunhwan.optimizers.schedules.schedule import SCHEDULES, LearningRateSchedule, check_steps


@SCHEDULES.register()
class Warmup(LearningRateSchedule):
    """A straight line up to a rate or to the first rate of a schedule, which then follows.

    ``start + (first - start) * step / warmup_steps`` while ``step < warmup_steps``, and
    ``schedule(step - warmup_steps)`` from then on. Goyal et al., "Accurate, large minibatch SGD"
    (2017). `CosineDecay` has a warm-up of its own.

    Args:
        schedule: a number or a schedule: what follows.
        warmup_steps: a number above 0: how long the line is.
        initial_learning_rate: where it starts. Default 0.
        name: a name.

    Raises:
        ValueError: `warmup_steps` is not above 0, or a rate is below 0.

    >>> schedule = Warmup(0.1, warmup_steps=4)
    >>> [schedule(step) for step in (0, 2, 4, 100)]
    [0.0, 0.05, 0.1, 0.1]
    """

    def __init__(
        self,
        schedule: float | LearningRateSchedule | Mapping[str, Any],
        warmup_steps: float,
        initial_learning_rate: float = 0.0,
        name: str = "Warmup",
    ) -> None:
        if isinstance(schedule, Mapping):
            from sunhwan.optimizers.schedules import deserialize

            schedule = deserialize(schedule)
        if not isinstance(schedule, LearningRateSchedule):
            schedule = check_not_negative("schedule", schedule)
        self.schedule = schedule
        self.warmup_steps = check_steps(warmup_steps, "warmup_steps")
        self.initial_learning_rate = check_not_negative(
            "initial_learning_rate", initial_learning_rate
        )
        self.name = name

    def __call__(self, step: float) -> float:
        if step >= self.warmup_steps:
            return self._following(step - self.warmup_steps)
        start = self.initial_learning_rate
        return start + (self._following(0) - start) * step / self.warmup_steps

    def _following(self, step: float) -> float:
        following: Any = self.schedule
        return following(step) if isinstance(following, LearningRateSchedule) else following
