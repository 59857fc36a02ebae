"""Nadam."""

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
class Nadam(Optimizer):
    """`Adam` with Nesterov's look ahead.

    At step t, ``u_t = beta_1 * (1 - 0.96**t / 2)``, ``p_t = u_1 * ... * u_t``, ``m`` and ``v`` as
    in `Adam`, ``w -= learning_rate * m' / (sqrt(v / (1 - beta_2**t)) + epsilon)`` with
    ``m' = u_(t+1) * m / (1 - p_(t+1)) + (1 - u_t) * g / (1 - p_t)``.

    Dozat, "Incorporating Nesterov momentum into Adam" (2016).

    Args:
        learning_rate: see `Optimizer`. Default 0.001.
        beta_1: in [0, 1). Default 0.9.
        beta_2: in [0, 1). Default 0.999.
        epsilon: outside the root. Default 1e-7.
        options: further arguments of `Optimizer`, by keyword, such as `clipnorm`.

    Raises:
        ValueError: an argument is out of its range.

    >>> import numpy as np
    >>> w = np.float32([1.0])
    >>> Nadam(0.25).apply_gradients([(np.float32([0.0]), w)])
    1
    >>> w
    array([1.], dtype=float32)
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
        self._product = (0, 1.0)  # t and p_t

    def slot_values(self) -> dict[str, float]:
        return {"momentum": 0.0, "velocity": 0.0}

    def update(self, step: Step) -> None:
        now, ahead = self._momentum(step.number), self._momentum(step.number + 1)
        product = self._product_until(step.number)
        _core.nadam(
            step.values,
            step.gradients,
            *step.before,
            step.learning_rate,
            self.beta_1,
            self.beta_2,
            self.epsilon,
            ahead / (1.0 - product * ahead),
            (1.0 - now) / (1.0 - product),
            1.0 / (1.0 - self.beta_2**step.number),
            step.slots["momentum"],
            step.slots["velocity"],
        )

    def _momentum(self, number: int) -> float:
        return self.beta_1 * (1.0 - 0.5 * 0.96**number)

    def _product_until(self, number: int) -> float:
        """Return p_t, multiplied in the order of the steps, whatever step comes first."""
        done, product = self._product if self._product[0] <= number else (0, 1.0)
        for t in range(done + 1, number + 1):
            product *= self._momentum(t)
        self._product = (number, product)
        return product
