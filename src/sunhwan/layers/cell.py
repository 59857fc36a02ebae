"""A recurrent cell written in NumPy: one step of a batch of rows, forward and backward."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import numpy as np

from sunhwan._engine.context import Context
from sunhwan._engine.inputs import as_floats

from .layer import Layer, Shape
from .over_steps import OverSteps

Arrays = list[np.ndarray]


class Cell(Layer):
    """One step of a recurrent layer, for `RNN`. Write your own, or take `LSTMCell` and the like.

    A cell of your own sets `state_size` and writes `build`, `step` and `step_back`; `RNN` does the
    rest: the loop, masks, lengths, directions and states. Its weights come from `add_weight`, and
    `step_back` adds to their `grad`. There is no automatic differentiation:
    `sunhwan.testing.check_gradients(RNN(cell), x)` tells whether `step_back` is right.

    Args:
        kwargs: arguments of `Layer`, `name` among them.

    Attributes:
        state_size: numbers of the state, or a list of them for several states.
        output_size: numbers of the output; those of the first state unless it is set.

    >>> import numpy as np
    >>> from sunhwan.layers import RNN
    >>> class Fading(Cell):
    ...     state_size = 3
    ...     def build(self, input_shape):
    ...         self.rate = self.add_weight("rate", (3,), "ones")
    ...     def step(self, inputs, states, training):
    ...         state = self.rate.value * states[0] + inputs
    ...         return state, [state], states[0]
    ...     def step_back(self, doutput, dstates, saved):
    ...         dstate = doutput + dstates[0]
    ...         self.rate.grad += (dstate * saved).sum(axis=0)
    ...         return dstate, [self.rate.value * dstate]
    >>> RNN(Fading())(np.ones((2, 4, 3)))[0].tolist()
    [4.0, 4.0, 4.0]
    """

    state_size: Any = None

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
        return self.state_sizes[0]

    @abstractmethod
    def step(
        self, inputs: np.ndarray, states: Arrays, training: bool
    ) -> tuple[np.ndarray, Arrays, Any]:
        """Compute one step.

        Args:
            inputs: `(n, features)` float32.
            states: `(n, size)` float32 each; not to be changed in place.
            training: whether dropout and the like are on.

        Returns:
            The output `(n, output_size)`, the new states, and what `step_back` needs.
        """

    @abstractmethod
    def step_back(
        self, doutput: np.ndarray, dstates: Arrays, saved: Any
    ) -> tuple[np.ndarray, Arrays]:
        """Take one step back.

        Args:
            doutput: gradient of the output `(n, output_size)`.
            dstates: gradients of the new states.
            saved: what `step` gave for it.

        Returns:
            The gradients of the inputs and of the states before; those of the weights are added to
            their `grad`.
        """

    def over_steps(self, **how: Any) -> OverSteps:
        """The layer that runs the cell over the steps of its rows."""
        from .cell_loop import CellLoop

        return CellLoop(self, **how)

    def __call__(  # pyright: ignore[reportIncompatibleMethodOverride]
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

    def _one_step(
        self, inputs: np.ndarray, states: Arrays, training: bool
    ) -> tuple[np.ndarray, Arrays]:
        output, states, _ = self.step(inputs, states, training)
        return output, states

    # A cell is no layer of a model by itself.

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        raise ValueError(f"{self.name!r} is a cell, one step alone: wrap it in RNN({self.name})")

    def forward(self, x: Any, context: Context) -> Any:
        raise NotImplementedError("a cell runs within RNN")

    def backward(self, dy: Any, context: Context) -> Any:
        raise NotImplementedError("a cell runs within RNN")
