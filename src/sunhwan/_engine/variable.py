"""A parameter of a layer."""

from __future__ import annotations

from typing import Any

import numpy as np


class Variable:
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
