"""The base of the layers that have kernels and biases."""

from __future__ import annotations

from typing import Any

from sunhwan import constraints, initializers, regularizers
from sunhwan._engine.variable import Variable

from .layer import Layer


class KernelAndBias(Layer):
    """A layer whose kernels all begin, are penalized and constrained alike, and so its biases.

    `__init__` calls `treat` for each kind of weight, and has the argument `use_bias`; `build` calls
    `add_treated` and `add_bias`.
    """

    use_bias: bool
    kernel_initializer: Any
    kernel_regularizer: Any
    kernel_constraint: Any
    bias_initializer: Any
    bias_regularizer: Any
    bias_constraint: Any

    def treat(self, kind: str, initializer: Any, regularizer: Any, constraint: Any) -> None:
        """Keep what weights of a kind, `"kernel"` or `"bias"`, are treated by, as attributes.

        Args:
            kind: the attributes' names begin with it: `kernel_initializer`, `kernel_regularizer`
                and `kernel_constraint`.
            initializer, regularizer, constraint: an instance, a name, a config or `None`.

        Raises:
            ValueError: one is not known.
        """
        setattr(self, f"{kind}_initializer", initializers.get(initializer))
        setattr(self, f"{kind}_regularizer", regularizers.get(regularizer))
        setattr(self, f"{kind}_constraint", constraints.get(constraint))

    def initializer_of(self, kind: str) -> Any:
        """What weights of a kind begin with."""
        return getattr(self, f"{kind}_initializer")

    def add_treated(self, kind: str, shape: tuple[int, ...], name: str | None = None) -> Variable:
        """Declare a parameter of a kind; by default the kind is its name."""
        regularizer = getattr(self, f"{kind}_regularizer")
        constraint = getattr(self, f"{kind}_constraint")
        return self.add_weight(
            name or kind, shape, self.initializer_of(kind), regularizer, constraint
        )

    def add_bias(self, shape: tuple[int, ...], name: str = "bias") -> Variable | None:
        """Declare a bias, where the layer has any."""
        return self.add_treated("bias", shape, name) if self.use_bias else None
