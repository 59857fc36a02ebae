"""Who is shown what recurrent layers compute in a step, while it runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from .context import Context
from .layout import Layout


class Observer:
    """Is shown the states of recurrent layers in the steps that it observes; does nothing itself.

    A step that is observed runs as always and gives the same bits. It is shown slice by slice:
    `states` in a slice's forward, then, where the step goes back, `state_gradients`. Each array has
    a row for each own step of the slice (`context.layout` says where these stand, and of which row
    each is; `context.rows` are its rows' places in the batch), and stays valid until the slice has
    ended. Steps that are masked, and the run of padding that the rows share, are not shown.
    """

    def states(self, layer: Any, context: Context, values: Mapping[str, np.ndarray]) -> None:
        """What a recurrent layer computed at each step.

        Args:
            layer: the layer; in a `Bidirectional` or `RNN` the one of them that ran.
            context: of its run, one object from `states` to `state_gradients`.
            values: `(P, units)` each: `"state"` h; of an LSTM `"cell"` c, `"input"`, `"forget"`,
                `"candidate"` and `"output"`; of a GRU `"update"`, `"reset"` and `"candidate"`.
        """

    def state_gradients(
        self, layer: Any, context: Context, gradients: Mapping[str, np.ndarray]
    ) -> None:
        """The gradient of what is differentiated with respect to the state after each step.

        It is what the gradient of the initial state would be, were a row begun after that step;
        to that of h is added what readers of this step's output owe (`context.doutput`).

        Args:
            layer: as above.
            context: as above.
            gradients: `(P, units)` each: `"state"`, of an LSTM `"cell"` too.
        """


class Both(Observer):
    """Shows all that it is shown to two others."""

    def __init__(self, first: Observer, second: Observer) -> None:
        self._two = first, second

    def states(self, layer: Any, context: Context, values: Mapping[str, np.ndarray]) -> None:
        for each in self._two:
            each.states(layer, context, values)

    def state_gradients(
        self, layer: Any, context: Context, gradients: Mapping[str, np.ndarray]
    ) -> None:
        for each in self._two:
            each.state_gradients(layer, context, gradients)


def state_norms(layout: Layout, gradients: Mapping[str, np.ndarray]) -> np.ndarray:
    """The Euclidean norm of the gradient of the whole state after each step, `(P,)` float64.

    Args:
        layout: of the slice.
        gradients: what `Observer.state_gradients` is shown.
    """
    squares = np.zeros(layout.steps)
    for each in gradients.values():
        squares += np.einsum("ij,ij->i", each, each, dtype=np.float64)
    return np.sqrt(squares)


def by_distance(layout: Layout, values: np.ndarray, reverse: bool = False) -> np.ndarray:
    """Values of each own step, ordered by how many own steps follow: `(N, K)`, NaN for none.

    Args:
        layout: of the slice.
        values: `(P,)`.
        reverse: whether the layer goes from a row's last step to its first.
    """
    lengths = layout.lengths
    ordered = np.full((layout.rows, int(lengths.max(initial=0))), np.nan)
    for row, (first, end) in enumerate(zip(layout.offsets, layout.offsets[1:], strict=False)):
        own = values[first:end]
        ordered[row, : end - first] = own if reverse else own[::-1]
    return ordered
