"""Adam as Keras and Sunhwan write it."""
# pyright: reportMissingImports=false

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import torch

_EPSILON, _BETA = 1e-7, 0.999


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
