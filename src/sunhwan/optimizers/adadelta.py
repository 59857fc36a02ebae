"""Adadelta."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sunhwan import _core
from sunhwan.optimizers.optimizer import OPTIMIZERS, Optimizer
from sunhwan.optimizers.options import Options, check_number, check_share
from sunhwan.optimizers.rate import Rate
from sunhwan.optimizers.step import Step

if TYPE_CHECKING:
    from typing_extensions import Unpack


@OPTIMIZERS.register()
class Adadelta(Optimizer):
    """Steps in units of earlier steps.

    ``a = rho * a + (1 - rho) * g**2``, ``s = sqrt(d + epsilon) * g / sqrt(a + epsilon)``,
    ``d = rho * d + (1 - rho) * s**2``, ``w -= learning_rate * s``.

    Zeiler, "Adadelta: an adaptive learning rate method" (2012), where the learning rate is 1.

    Args:
        learning_rate: see `Optimizer`. Default 0.001.
        rho: in [0, 1]. Default 0.95.
        epsilon: inside the roots. Default 1e-7.
        options: further arguments of `Optimizer`, by keyword, such as `clipnorm`.

    Raises:
        ValueError: an argument is out of its range.

    >>> import numpy as np
    >>> w = np.float32([1.0])
    >>> Adadelta(1.0, rho=0.0, epsilon=1.0).apply_gradients([(np.float32([0.0]), w)])
    1
    >>> w
    array([1.], dtype=float32)
    """

    def __init__(
        self,
        learning_rate: Rate = 0.001,
        rho: float = 0.95,
        epsilon: float = 1e-7,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(learning_rate, **options)
        self.rho = check_share(rho, "rho")
        self.epsilon = check_number(epsilon, "epsilon")

    def slot_values(self) -> dict[str, float]:
        return {"accumulated_grad": 0.0, "accumulated_delta_var": 0.0}

    def update(self, step: Step) -> None:
        _core.adadelta(
            step.values,
            step.gradients,
            *step.before,
            step.learning_rate,
            self.rho,
            self.epsilon,
            step.slots["accumulated_grad"],
            step.slots["accumulated_delta_var"],
        )
