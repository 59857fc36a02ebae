"""The base of the layers that have kernels and biases."""

from __future__ import annotations

from typing import Any

from sunhwan._engine.variable import Variable

from .treated import Treated


class KernelAndBias(Treated):
    """A layer whose kernels are treated alike, and so its biases, if it has any.

    `__init__` has the argument `use_bias`; `build` calls `add_bias` for each bias.
    """

    use_bias: bool
    kernel_initializer: Any
    kernel_regularizer: Any
    kernel_constraint: Any
    bias_initializer: Any
    bias_regularizer: Any
    bias_constraint: Any

    def add_bias(self, shape: tuple[int, ...], name: str = "bias") -> Variable | None:
        """Declare a bias, where the layer has any."""
        return self.add_treated("bias", shape, name) if self.use_bias else None
