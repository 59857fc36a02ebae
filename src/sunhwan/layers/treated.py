"""The base of the layers whose weights come in kinds, each with an initializer and the like."""

from __future__ import annotations

from typing import Any

from sunhwan import constraints, initializers, regularizers
from sunhwan._engine.variable import Variable

from .layer import Layer


class Treated(Layer):
    """A layer whose weights of a kind all begin, are penalized and constrained alike.

    `__init__` calls `treat` for each kind of weight, `build` calls `add_treated` for each weight.
    """

    def treat(self, kind: str, initializer: Any, regularizer: Any, constraint: Any) -> None:
        """Keep what weights of a kind, such as `"kernel"`, are treated by, as attributes.

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
