"""RMSprop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sunhwan import _core
from sunhwan._engine.arguments import check_flag
from sunhwan.optimizers.optimizer import OPTIMIZERS, Optimizer
from sunhwan.optimizers.options import Options, check_number, check_share
from sunhwan.optimizers.rate import Rate
from sunhwan.optimizers.step import Step

if TYPE_CHECKING:
    from typing_extensions import Unpack


@OPTIMIZERS.register()
class RMSprop(Optimizer):
    """Steps divided by a moving root mean square of the gradients.

    ``v = rho * v + (1 - rho) * g**2``, ``s = learning_rate * g / sqrt(v + epsilon)``, ``w -= s``.
    With momentum ``m = momentum * m + s`` and ``w -= m``; centered, ``v`` less the square of the
    gradients' moving mean takes the place of ``v``.

    Tieleman and Hinton, lecture 6.5 of "Neural networks for machine learning" (2012).

    Args:
        learning_rate: see `Optimizer`. Default 0.001.
        rho: in [0, 1]. Default 0.9.
        momentum: in [0, 1]. Default 0.
        epsilon: inside the root. Default 1e-7.
        centered: default false.
        options: further arguments of `Optimizer`, by keyword, such as `clipnorm`.

    Raises:
        ValueError: an argument is out of its range.

    >>> import numpy as np
    >>> w = np.float32([1.0])
    >>> RMSprop(0.1, rho=0.75).apply_gradients([(np.float32([1.0]), w)])
    1
    >>> w
    array([0.8], dtype=float32)
    """

    def __init__(
        self,
        learning_rate: Rate = 0.001,
        rho: float = 0.9,
        momentum: float = 0.0,
        epsilon: float = 1e-7,
        centered: bool = False,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(learning_rate, **options)
        self.rho = check_share(rho, "rho")
        self.momentum = check_share(momentum, "momentum")
        self.epsilon = check_number(epsilon, "epsilon")
        self.centered = check_flag("centered", centered)

    def slot_values(self) -> dict[str, float]:
        names = ["velocity"]
        names += ["momentum"] if self.momentum else []
        names += ["average_gradient"] if self.centered else []
        return dict.fromkeys(names, 0.0)

    def update(self, step: Step) -> None:
        slots = step.slots
        _core.rmsprop(
            step.values,
            step.gradients,
            *step.before,
            step.learning_rate,
            self.rho,
            self.momentum,
            self.epsilon,
            slots["velocity"],
            slots.get("momentum"),
            slots.get("average_gradient"),
        )
