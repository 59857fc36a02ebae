"""Adagrad."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sunhwan import _core
from sunhwan.optimizers.optimizer import OPTIMIZERS, Optimizer
from sunhwan.optimizers.options import Options, check_number
from sunhwan.optimizers.rate import Rate
from sunhwan.optimizers.step import Step

if TYPE_CHECKING:
    from typing_extensions import Unpack


@OPTIMIZERS.register()
class Adagrad(Optimizer):
    """Steps divided by the root of all squared gradients so far.

    ``a += g**2``, ``w -= learning_rate * g / sqrt(a + epsilon)``.

    Duchi, Hazan and Singer, "Adaptive subgradient methods for online learning and stochastic
    optimization" (2011).

    Args:
        learning_rate: see `Optimizer`. Default 0.001.
        initial_accumulator_value: what ``a`` starts from. Default 0.1.
        epsilon: inside the root. Default 1e-7.
        options: further arguments of `Optimizer`, by keyword, such as `clipnorm`.

    Raises:
        ValueError: an argument is out of its range.

    >>> import numpy as np
    >>> w = np.float32([1.0])
    >>> Adagrad(0.5, initial_accumulator_value=3.0).apply_gradients([(np.float32([1.0]), w)])
    1
    >>> w
    array([0.75], dtype=float32)
    """

    def __init__(
        self,
        learning_rate: Rate = 0.001,
        initial_accumulator_value: float = 0.1,
        epsilon: float = 1e-7,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(learning_rate, **options)
        self.initial_accumulator_value = check_number(
            initial_accumulator_value, "initial_accumulator_value"
        )
        self.epsilon = check_number(epsilon, "epsilon")

    def slot_values(self) -> dict[str, float]:
        return {"accumulator": self.initial_accumulator_value}

    def update(self, step: Step) -> None:
        _core.adagrad(
            step.values,
            step.gradients,
            *step.before,
            step.learning_rate,
            self.epsilon,
            step.slots["accumulator"],
        )
