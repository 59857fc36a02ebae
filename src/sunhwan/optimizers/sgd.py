"""Gradient descent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sunhwan import _core
from sunhwan._engine.arguments import check_flag
from sunhwan.optimizers.optimizer import OPTIMIZERS, Optimizer
from sunhwan.optimizers.options import Options, check_share
from sunhwan.optimizers.rate import Rate
from sunhwan.optimizers.step import Step

if TYPE_CHECKING:
    from typing_extensions import Unpack


@OPTIMIZERS.register()
class SGD(Optimizer):
    """Gradient descent, with momentum if wanted.

    ``w -= learning_rate * g``; with momentum ``m = momentum * m - learning_rate * g``, then
    ``w += m``, or with Nesterov's ``w += momentum * m - learning_rate * g``.

    Polyak, "Some methods of speeding up the convergence of iteration methods" (1964); Nesterov, "A
    method for solving the convex programming problem with convergence rate O(1/k^2)" (1983).

    Args:
        learning_rate: see `Optimizer`. Default 0.01.
        momentum: in [0, 1]. Default 0.
        nesterov: default false.
        options: further arguments of `Optimizer`, by keyword, such as `clipnorm`.

    Raises:
        ValueError: an argument is out of its range.

    >>> import numpy as np
    >>> w = np.float32([1.0, 2.0])
    >>> SGD(0.5).apply_gradients([(np.float32([1.0, -1.0]), w)])
    1
    >>> w
    array([0.5, 2.5], dtype=float32)
    """

    def __init__(
        self,
        learning_rate: Rate = 0.01,
        momentum: float = 0.0,
        nesterov: bool = False,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(learning_rate, **options)
        self.momentum = check_share(momentum, "momentum")
        self.nesterov = check_flag("nesterov", nesterov)

    def slot_values(self) -> dict[str, float]:
        return {"momentum": 0.0} if self.momentum else {}

    def update(self, step: Step) -> None:
        momentums = step.slots.get("momentum")
        _core.sgd(
            step.values,
            step.gradients,
            *step.before,
            step.learning_rate,
            self.momentum,
            self.nesterov,
            momentums,
        )
