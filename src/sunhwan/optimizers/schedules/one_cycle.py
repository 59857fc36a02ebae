"""One rise and one fall."""

from __future__ import annotations

from sunhwan._engine.arguments import check_not_negative, check_positive, check_share
from sunhwan.optimizers.schedules.cosine import half_cosine
from sunhwan.optimizers.schedules.schedule import SCHEDULES, LearningRateSchedule, check_steps


@SCHEDULES.register()
class OneCycle(LearningRateSchedule):
    """Up to a high rate and down to almost nothing, each along half a cosine.

    From ``max_learning_rate / div_factor`` at step 0 to `max_learning_rate` at step
    ``warmup_share * total_steps - 1``, then to
    ``max_learning_rate / div_factor / final_div_factor`` at step ``total_steps - 1``, and no
    further. Smith and Topin, "Super-convergence" (2018), with the numbers of PyTorch's
    `OneCycleLR`, which moves the momentum too. `Model.find_learning_rate` tells a high rate.

    Args:
        max_learning_rate: the highest rate.
        total_steps: a number above 0: all steps of the training, epochs times batches.
        warmup_share: the share of them that goes up, from 0 to 1. Default 0.3.
        div_factor: the highest rate divided by the first, above 0. Default 25.
        final_div_factor: the first rate divided by the last, above 0. Default 10,000.
        name: a name.

    Raises:
        ValueError: an argument is out of its range.

    >>> schedule = OneCycle(0.5, total_steps=100)
    >>> [round(schedule(step), 6) for step in (0, 29, 99)]
    [0.02, 0.5, 2e-06]
    """

    def __init__(
        self,
        max_learning_rate: float,
        total_steps: float,
        warmup_share: float = 0.3,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        name: str = "OneCycle",
    ) -> None:
        self.max_learning_rate = check_not_negative("max_learning_rate", max_learning_rate)
        self.total_steps = check_steps(total_steps, "total_steps")
        self.warmup_share = check_share("warmup_share", warmup_share)
        self.div_factor = check_positive("div_factor", div_factor)
        self.final_div_factor = check_positive("final_div_factor", final_div_factor)
        self.name = name

    def __call__(self, step: float) -> float:
        high, first = self.max_learning_rate, self.max_learning_rate / self.div_factor
        last = first / self.final_div_factor
        top, end = self.warmup_share * self.total_steps - 1, self.total_steps - 1
        if step < top:
            return high + (first - high) * half_cosine(step / top)
        if step >= end:
            return last
        top = max(top, 0.0)
        return last + (high - last) * half_cosine((step - top) / (end - top))
