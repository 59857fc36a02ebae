"""Adamax."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sunhwan import _core
from sunhwan.optimizers.optimizer import OPTIMIZERS, Optimizer
from sunhwan.optimizers.options import Options, check_beta, check_number
from sunhwan.optimizers.rate import Rate
from sunhwan.optimizers.step import Step

if TYPE_CHECKING:
    from typing_extensions import Unpack


@OPTIMIZERS.register()
class Adamax(Optimizer):
    """Steps of the gradients' moving mean, divided by their decayed maximum.

    At step t, ``m += (1 - beta_1) * (g - m)``, ``u = max(beta_2 * u, abs(g))``, and
    ``w -= learning_rate * m / ((1 - beta_1**t) * (u + epsilon))``.

    Kingma and Ba, "Adam: a method for stochastic optimization" (2015), section 7.1.

    Args:
        learning_rate: see `Optimizer`. Default 0.001.
        beta_1: in [0, 1). Default 0.9.
        beta_2: in [0, 1). Default 0.999.
        epsilon: default 1e-7.
        options: further arguments of `Optimizer`, by keyword, such as `clipnorm`.

    Raises:
        ValueError: an argument is out of its range.

    >>> import numpy as np
    >>> w = np.float32([1.0])
    >>> Adamax(0.25).apply_gradients([(np.float32([1.0]), w)])
    1
    >>> w
    array([0.75], dtype=float32)
    """

    def __init__(
        self,
        learning_rate: Rate = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(learning_rate, **options)
        self.beta_1 = check_beta(beta_1, "beta_1")
        self.beta_2 = check_beta(beta_2, "beta_2")
        self.epsilon = check_number(epsilon, "epsilon")

    def slot_values(self) -> dict[str, float]:
        return {"momentum": 0.0, "norm": 0.0}

    def update(self, step: Step) -> None:
        _core.adamax(
            step.values,
            step.gradients,
            *step.before,
            step.learning_rate / (1.0 - self.beta_1**step.number),
            self.beta_1,
            self.beta_2,
            self.epsilon,
            step.slots["momentum"],
            step.slots["norm"],
        )
