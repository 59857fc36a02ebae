"""Adam, and Adam with weight decay."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sunhwan import _core
from sunhwan._engine.arguments import check_flag
from sunhwan.optimizers.optimizer import OPTIMIZERS, Optimizer
from sunhwan.optimizers.options import CommonOptions, Options, check_beta, check_number
from sunhwan.optimizers.rate import Rate
from sunhwan.optimizers.step import Step

if TYPE_CHECKING:
    from typing_extensions import Unpack


@OPTIMIZERS.register()
class Adam(Optimizer):
    """Steps of the gradients' moving mean, divided by their moving root mean square.

    At step t, ``m += (1 - beta_1) * (g - m)``, ``v += (1 - beta_2) * (g**2 - v)``,
    ``rate = learning_rate * sqrt(1 - beta_2**t) / (1 - beta_1**t)``, and
    ``w -= rate * m / (sqrt(v) + epsilon)``. With `amsgrad`, the largest ``v`` so far takes the
    place of ``v``.

    Kingma and Ba, "Adam: a method for stochastic optimization" (2015); Reddi, Kale and Kumar, "On
    the convergence of Adam and beyond" (2018).

    Args:
        learning_rate: see `Optimizer`. Default 0.001.
        beta_1: in [0, 1). Default 0.9.
        beta_2: in [0, 1). Default 0.999.
        epsilon: outside the root. Default 1e-7.
        amsgrad: default false.
        options: further arguments of `Optimizer`, by keyword, such as `clipnorm`.

    Raises:
        ValueError: an argument is out of its range.

    >>> import numpy as np
    >>> w = np.float32([1.0])
    >>> Adam(0.25).apply_gradients([(np.float32([1.0]), w)])
    1
    >>> w.round(3)
    array([0.75], dtype=float32)
    """

    def __init__(
        self,
        learning_rate: Rate = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(learning_rate, **options)
        self.beta_1 = check_beta(beta_1, "beta_1")
        self.beta_2 = check_beta(beta_2, "beta_2")
        self.epsilon = check_number(epsilon, "epsilon")
        self.amsgrad = check_flag("amsgrad", amsgrad)

    def slot_values(self) -> dict[str, float]:
        names = ["momentum", "velocity", *(["velocity_hat"] if self.amsgrad else [])]
        return dict.fromkeys(names, 0.0)

    def update(self, step: Step) -> None:
        correction = math.sqrt(1.0 - self.beta_2**step.number) / (1.0 - self.beta_1**step.number)
        _core.adam(
            step.values,
            step.gradients,
            *step.before,
            step.learning_rate * correction,
            self.beta_1,
            self.beta_2,
            self.epsilon,
            step.slots["momentum"],
            step.slots["velocity"],
            step.slots.get("velocity_hat"),
        )


@OPTIMIZERS.register()
class AdamW(Adam):
    """`Adam` with a weight decay that is not part of the gradient.

    Loshchilov and Hutter, "Decoupled weight decay regularization" (2019).

    Args:
        learning_rate: see `Optimizer`. Default 0.001.
        weight_decay: see `Optimizer`. Default 0.004.
        beta_1, beta_2, epsilon, amsgrad: see `Adam`.
        options: further arguments of `Optimizer`, by keyword, such as `clipnorm`.

    Raises:
        ValueError: an argument is out of its range, or `weight_decay` is `None`.

    >>> import numpy as np
    >>> w = np.float32([1.0])
    >>> AdamW(0.5, weight_decay=0.5).apply_gradients([(np.float32([0.0]), w)])
    1
    >>> w
    array([0.75], dtype=float32)
    """

    def __init__(
        self,
        learning_rate: Rate = 0.001,
        weight_decay: float = 0.004,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        **options: Unpack[CommonOptions],
    ) -> None:
        if weight_decay is None:
            raise ValueError("weight_decay of AdamW must be a number of zero or more, got None")
        super().__init__(
            learning_rate, beta_1, beta_2, epsilon, amsgrad, weight_decay=weight_decay, **options
        )
