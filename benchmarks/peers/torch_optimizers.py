"""Adam and RMSprop as Keras and Sunhwan write them: the same steps, not almost the same."""
# pyright: reportMissingImports=false

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import torch

_EPSILON, _BETA, _RHO = 1e-7, 0.999, 0.9


class Adam(torch.optim.Adam):
    """Adds epsilon to the root of the second moment before its correction, PyTorch's after it.

    It counts where gradients are small: of embeddings, in the first hundreds of steps.
    """

    def __init__(self, parameters: Iterable[Any], rate: float) -> None:
        super().__init__(parameters, lr=rate, betas=(0.9, _BETA), eps=_EPSILON, fused=True)
        self._steps = 0

    def step(self, closure: Any = None) -> Any:
        """Take a step."""
        self._steps += 1
        for group in self.param_groups:
            group["eps"] = _EPSILON / math.sqrt(1 - _BETA**self._steps)
        return super().step(closure)


class RMSprop(torch.optim.Optimizer):
    """Adds epsilon to the mean square before its root, PyTorch's after it.

    It makes the very passes of PyTorch's with `foreach=True`, in another order.
    """

    def __init__(self, parameters: Iterable[Any], rate: float) -> None:
        super().__init__(parameters, {"lr": rate})
        for group in self.param_groups:
            group["squares"] = [torch.zeros_like(weight) for weight in group["params"]]

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:
        """Take a step."""
        for group in self.param_groups:
            weights, squares = group["params"], group["squares"]
            gradients = [weight.grad for weight in weights]
            torch._foreach_mul_(squares, _RHO)
            torch._foreach_addcmul_(squares, gradients, gradients, 1 - _RHO)
            roots = torch._foreach_add(squares, _EPSILON)
            torch._foreach_sqrt_(roots)
            torch._foreach_addcdiv_(weights, gradients, roots, -group["lr"])
