"""How layers run activations: into arrays that they bring, and backward."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import numpy as np

from sunhwan import _core


class Rule(ABC):
    """An activation and its gradient, on C-contiguous float32 arrays `(..., C)`.

    Attributes:
        kind: number of the function among those compiled into the kernels, or `None`.
        needs_input: whether `backward` reads `x`; else it may be overwritten by `y`.
        native: whether both are native calls.
    """

    kind: int | None = None
    needs_input: bool = False
    native: bool = True

    @abstractmethod
    def forward(self, x: np.ndarray, y: np.ndarray) -> None:
        """Write f(x) into `y`, which may be `x`."""

    @abstractmethod
    def backward(self, x: np.ndarray | None, y: np.ndarray, dy: np.ndarray, dx: np.ndarray) -> None:
        """Write the gradient of x into `dx`, which may be `dy`; x may be `None` unless needed."""


class PointwiseRule(Rule):
    """A function compiled into the kernels, by its number."""

    def __init__(self, kind: int, needs_input: bool = False) -> None:
        self.kind = self._number = kind
        self.needs_input = needs_input

    def forward(self, x: np.ndarray, y: np.ndarray) -> None:
        _core.activate(self._number, x, y)

    def backward(self, x: np.ndarray | None, y: np.ndarray, dy: np.ndarray, dx: np.ndarray) -> None:
        _core.activate_backward(self._number, x if self.needs_input else None, y, dy, dx)


class RowsRule(Rule):
    """A function of the last axis as a whole: softmax and its logarithm.

    Args:
        name: of the native function; that of its gradient ends in `_backward`.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def forward(self, x: np.ndarray, y: np.ndarray) -> None:
        getattr(_core, self._name)(_rows(x), _rows(y))

    def backward(self, x: np.ndarray | None, y: np.ndarray, dy: np.ndarray, dx: np.ndarray) -> None:
        getattr(_core, f"{self._name}_backward")(_rows(y), _rows(dy), _rows(dx))


class FunctionRule(Rule):
    """A function of the user, whose attribute `gradient(x, y, dy)` gives the gradient of x."""

    needs_input = True
    native = False

    def __init__(self, function: Callable[[np.ndarray], Any]) -> None:
        self.function = function

    def forward(self, x: np.ndarray, y: np.ndarray) -> None:
        y[...] = self._checked(self.function(x), x, "")

    def backward(self, x: np.ndarray | None, y: np.ndarray, dy: np.ndarray, dx: np.ndarray) -> None:
        gradient = getattr(self.function, "gradient", None)
        if gradient is None:
            raise ValueError(
                f"activation {self._name()!r} has no gradient: give the function an attribute "
                "`gradient(x, y, dy)` that returns the gradient of x"
            )
        dx[...] = self._checked(gradient(x, y, dy), dx, "the gradient of ")

    def _checked(self, value: Any, like: np.ndarray, what: str) -> np.ndarray:
        value = np.asarray(value)
        if value.shape != like.shape:
            raise ValueError(
                f"{what}activation {self._name()!r} must give the shape of its input, "
                f"{like.shape}, got {value.shape}"
            )
        return value

    def _name(self) -> str:
        return getattr(self.function, "__name__", repr(self.function))


def rule_of(function: Callable[..., Any]) -> Rule:
    """The rule of an activation function, ours or the user's."""
    return getattr(function, "rule", None) or FunctionRule(function)


def _rows(values: np.ndarray) -> np.ndarray:
    return values.reshape(-1, values.shape[-1])
