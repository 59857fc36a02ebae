"""A recurrent cell written in NumPy: one step of a batch of rows, forward and backward."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import numpy as np

from .cell_base import Arrays, CellBase
from .over_steps import OverSteps

_PARTS = {"step": ("output", "states", "saved"), "step_back": ("dinputs", "dstates")}


class Cell(CellBase):
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

    def parts(self, method: str, given: Any) -> tuple[Any, ...]:
        """What `step` or `step_back` gave, part by part; `ValueError` if these are not as many."""
        names = _PARTS[method]
        several = isinstance(given, (tuple, list))
        if not several or len(given) != len(names):
            got = type(given).__name__ + (f" of {len(given)}" if several else "")
            raise ValueError(
                f"{method} of cell {self.name!r} must return ({', '.join(names)}), got a {got}"
            )
        return tuple(given)

    def _one_step(
        self, inputs: np.ndarray, states: Arrays, training: bool
    ) -> tuple[np.ndarray, Arrays]:
        output, states, _ = self.parts("step", self.step(inputs, states, training))
        return output, states
