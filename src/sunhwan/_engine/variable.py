"""A parameter of a layer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from .changes import Watched


class Variable(Watched):
    """A float32 array that a layer owns, its gradient, and what training may do to it.

    Args:
        name: the parameter's name within its layer, as in Keras (`"kernel"`).
        value: its values.
        regularizer, constraint: as in Keras, or `None`.

    Attributes:
        path: the name with the layers' names in front.
        learned: whether it is a parameter that training learns at all.
        trainable: whether an optimizer may change it now.
    """

    def __init__(
        self, name: str, value: Any, regularizer: Any = None, constraint: Any = None
    ) -> None:
        self.name = name
        self.path = name
        self.learned = True
        self.trainable = True
        self.value = np.asarray(value, np.float32, order="C")
        self.grad = np.zeros_like(self.value)
        self.regularizer = regularizer
        self.constraint = constraint

    @property
    def shape(self) -> tuple[int, ...]:
        return self.value.shape

    @property
    def dtype(self) -> str:
        return "float32"

    @property
    def size(self) -> int:
        return self.value.size

    def numpy(self) -> np.ndarray:
        """A copy of the values."""
        return self.value.copy()

    def assign(self, value: Any) -> None:
        """Overwrite the values; `ValueError` if the shape differs."""
        value = np.asarray(value)
        if value.shape != self.shape:
            raise ValueError(
                f"variable {self.path!r} has shape {self.shape}, got shape {value.shape}"
            )
        self.value[...] = value

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.array(self.value, dtype=dtype)

    def __repr__(self) -> str:
        return f"<Variable {self.path!r} shape={self.shape} trainable={self.trainable}>"


def assign_all(variables: Sequence[Variable], weights: Any, owner: str) -> None:
    """Overwrite all variables, or none.

    Args:
        variables: the variables.
        weights: an array for each.
        owner: what to call it that has them in errors: `"layer 'lstm'"`.

    Raises:
        TypeError: `weights` is no sequence.
        ValueError: their number or a shape differs, or one does not hold numbers.
    """
    if not isinstance(weights, Iterable):
        raise TypeError(f"weights must be a list of arrays, got {weights!r}")
    arrays = [np.asarray(weight) for weight in weights]
    shapes, given = [variable.shape for variable in variables], [array.shape for array in arrays]
    if shapes != given:
        raise ValueError(f"{owner} has weights of shapes {shapes}, got {given}")
    for variable, array in zip(variables, arrays, strict=True):
        if array.dtype.kind not in "fiub":
            raise ValueError(f"weight {variable.path!r} must hold numbers, got dtype {array.dtype}")
    for variable, array in zip(variables, arrays, strict=True):
        variable.assign(array)
