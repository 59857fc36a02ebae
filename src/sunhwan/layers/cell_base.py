"""The base of recurrent cells, whatever makes their steps."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import numpy as np

from sunhwan._engine.arguments import check_count
from sunhwan._engine.context import Context
from sunhwan._engine.inputs import as_floats

from .layer import Layer, Shape

Arrays = list[np.ndarray]


class CellBase(Layer):
    """What `RNN` needs of a cell. Abstract: `Cell`, `NativeCell` and `StackedRNNCells` go on.

    Args:
        kwargs: arguments of `Layer`, `name` among them.

    Attributes:
        state_size: numbers of the state, or a list of them for several states.
        output_size: numbers of the output; those of the first state unless it is set.
        owner: name of the `RNN` that runs the cell, `None` without.

    >>> from sunhwan.layers import GRUCell
    >>> isinstance(GRUCell(3), CellBase)
    True
    """

    state_size: Any = None
    owner: str | None = None
    _output_size: int | None = None

    @property
    def state_sizes(self) -> list[int]:
        """`state_size` as a list; `ValueError` where it says nothing."""
        sizes = self.state_size
        sizes = list(sizes) if isinstance(sizes, (list, tuple)) else [sizes]
        if not sizes or not all(type(size) is int and size > 0 for size in sizes):
            raise ValueError(
                f"cell {self.name!r} must have a state_size, a positive integer or a list of them, "
                f"got {self.state_size!r}"
            )
        return sizes

    @property
    def output_size(self) -> int:
        return self._output_size or self.state_sizes[0]

    @output_size.setter
    def output_size(self, size: int) -> None:
        self._output_size = check_count(f"output_size of cell {self.name!r}", size)

    @abstractmethod
    def _one_step(
        self, inputs: np.ndarray, states: Arrays, training: bool
    ) -> tuple[np.ndarray, Arrays]:
        """The output and the new states of checked inputs and states."""

    def __call__(
        self, inputs: Any, states: Any, training: bool | None = False
    ) -> tuple[np.ndarray, Arrays]:
        """Compute one step.

        Args:
            inputs: `(n, features)`.
            states: a state `(n, size)` or a list of them.
            training: whether dropout and the like are on.

        Returns:
            The output `(n, output_size)` and the list of the new states.
        """
        name = f"cell {self.name!r}"
        inputs = as_floats(inputs, f"inputs of {name}")
        given = states if isinstance(states, (list, tuple)) else [states]
        given = [as_floats(state, f"states of {name}") for state in given]
        shapes = [(len(inputs), size) for size in self.state_sizes]
        if inputs.ndim != 2 or [state.shape for state in given] != shapes:
            raise ValueError(
                f"{name} takes inputs of shape (rows, features) and states of shapes {shapes}, "
                f"got {inputs.shape} and {[state.shape for state in given]}"
            )
        self.ensure_built((None, inputs.shape[1]))
        return self._one_step(inputs, given, bool(training))

    # A cell is no layer of a model by itself.

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        raise ValueError(f"{self.name!r} is a cell, one step alone: wrap it in RNN({self.name})")

    def forward(self, x: Any, context: Context) -> Any:
        raise NotImplementedError("a cell runs within RNN")

    def backward(self, dy: Any, context: Context) -> Any:
        raise NotImplementedError("a cell runs within RNN")
